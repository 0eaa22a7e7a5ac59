import type { GpuHealth } from '@b3iq/wire/local-api';
import { expect, test } from 'vitest';
import { memoryFor } from './memory.ts';

const GIB = 1024 ** 3;
const memory = { used_bytes: 0, total_bytes: 16 * GIB };
/** Nothing else of it is read. */
const card = (bytes: number | null, vendor: GpuHealth['vendor'] = 'nvidia') =>
  ({ vendor, memory_total_bytes: bytes }) as GpuHealth; // see above

test('cards together, else the machine without what the system needs', () => {
  expect(memoryFor({ gpus: [card(32 * GIB), card(32 * GIB)], memory })).toEqual({
    bytes: 64 * GIB,
    of: 'graphics',
  });
  expect(memoryFor({ gpus: [card(null), card(GIB / 2)], memory })).toEqual({
    bytes: 14 * GIB,
    of: 'machine',
  });
  // No model is split over two makers' cards.
  expect(memoryFor({ gpus: [card(32 * GIB), card(24 * GIB), card(48 * GIB, 'amd')], memory }).bytes).toBe(
    56 * GIB,
  );
  expect(memoryFor({ gpus: null, memory: { used_bytes: null, total_bytes: null } }).bytes).toBe(0);
});
