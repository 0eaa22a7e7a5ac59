/** Settings in memory for tests: the same rules as on disk, and a disk that fails when told. */
import type { z } from 'zod';
import type { Store } from './port.ts';
import { serialStore } from './serial-store.ts';

export interface MemoryStore<T> extends Store<T> {
  /** The next `count` writes fail as a full disk does. */
  failNext(count: number): void;
  /** How many writes reached the disk. */
  writes(): number;
}

/** A store that forgets when the process ends. */
export function memoryStore<T>(initial: T, schema: z.ZodType<T>): MemoryStore<T> {
  let failures = 0;
  let writes = 0;
  const store = serialStore(initial, { schema }, async () => {
    await Promise.resolve(); // a real disk never answers in the same turn
    if (failures > 0) {
      failures--;
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    }
    writes++;
  });
  return {
    ...store,
    failNext(count) {
      failures = count;
    },
    writes: () => writes,
  };
}
