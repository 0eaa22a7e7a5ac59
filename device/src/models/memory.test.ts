import { expect, test } from 'vitest';
import { memoryFor } from './memory.ts';

const GIB = 1024 ** 3;
const memory = { total_bytes: 16 * GIB };
const card = (bytes: number | null) => ({ memory_total_bytes: bytes });

test('cards together, else the machine without what the system needs', () => {
  expect(memoryFor({ gpus: [card(32 * GIB), card(32 * GIB)], memory })).toEqual({
    bytes: 64 * GIB,
    of: 'graphics',
  });
  expect(memoryFor({ gpus: [card(null), card(GIB / 2)], memory })).toEqual({
    bytes: Math.floor(13.6 * GIB),
    of: 'machine',
  });
  expect(memoryFor({ gpus: [], memory: { total_bytes: 8 * GIB } }).bytes).toBe(6 * GIB);
  expect(memoryFor({ gpus: null, memory: { total_bytes: null } }).bytes).toBe(0);
});
