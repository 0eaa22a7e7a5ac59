import { expect, it } from 'vitest';
import { refusalOf } from './origins.ts';

const refused = (detail: string, code = 'invalid_request') =>
  refusalOf({ kind: 'problem', status: 400, code, title: 'The request is not right', detail });

it('takes the machine’s sentence about an origin, and leaves other failures to themselves', () => {
  expect(refused('`origins.3`: expected an origin such as https://app.example.')).toBe(
    'Expected an origin such as https://app.example.',
  );
  expect(refused('`origins`: expected at most 32 origins.')).toBe('Expected at most 32 origins.');
  expect(refused('`name`: too long.')).toBeUndefined();
  expect(refused('`origins`: the disk is full.', 'store_write_failed')).toBeUndefined();
  expect(refusalOf({ kind: 'unreachable' })).toBeUndefined();
  expect(refusalOf(undefined)).toBeUndefined();
});
