import { expect, test } from 'vitest';
import { memoryFor } from './memory.ts';

const GIB = 1024 ** 3;
const card = (gib: number) => ({ memoryBytes: gib * GIB });

test('cards together, else the machine without what the system needs', () => {
  expect(memoryFor([card(32), card(24)], 16 * GIB)).toEqual({ bytes: 56 * GIB, of: 'graphics' });
  expect(memoryFor([], 16 * GIB)).toEqual({ bytes: Math.floor(13.6 * GIB), of: 'machine' });
  expect(memoryFor([], 8 * GIB).bytes).toBe(6 * GIB);
  expect(memoryFor([], GIB).bytes).toBe(0);
});
