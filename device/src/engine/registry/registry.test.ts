import { expect, it } from 'vitest';
import type { Engine } from '../port.ts';
import { EngineRegistry } from './registry.ts';

/** The registry looks at nothing else of an engine. */
const engine = (id: string, model: string) => ({ id, model: { id: model } }) as Engine;

it('lists engines by model in the order they came, and tells of each change once', () => {
  const [a, b, copy] = [engine('a', 'one'), engine('b', 'two'), engine('a#2', 'one')];
  const registry = new EngineRegistry([a]);
  let changes = 0;
  const leave = registry.onChange(() => {
    changes += 1;
  });
  registry.add(b);
  registry.add(copy);
  registry.add(copy);
  expect(registry.all()).toEqual([a, copy, b]);
  expect([...registry.models().keys()]).toEqual(['one', 'two']);
  registry.remove(a);
  registry.remove(a);
  registry.remove(b);
  expect([...registry.models()]).toEqual([['one', new Set([copy])]]);
  expect(changes).toBe(4);
  leave();
  registry.remove(copy);
  expect(changes).toBe(4);
  expect(registry.models().size).toBe(0);
});
