import { expect, it } from 'vitest';
import { withoutPriorities, withPriorities } from './types.ts';

it('keys of before take their turn, and go back as they were', () => {
  const before = { claim: { x: 1 }, keys: [{ id: 'a' }, { id: 'b', models: null }], update: 2 };
  const after = withPriorities(before);
  expect(after).toEqual({
    ...before,
    keys: [
      { id: 'a', priority: 'normal' },
      { id: 'b', models: null, priority: 'normal' },
    ],
  });
  expect(withoutPriorities(after)).toEqual(before);
  expect(() => withPriorities({ keys: 'none' })).toThrow();
});
