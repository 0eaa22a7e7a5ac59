/** Opens what was measured before. Never stops the machine: a file that cannot be used is put aside, and a new one begun. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errorChain } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/port.ts';
import { type Runs, runsFormat } from './types.ts';

/** @throws store_write_failed when not even a new file can be begun */
export async function openRuns(dir: string, clock: Clock, log: Log): Promise<Store<Runs>> {
  const open = () => openStore({ dir, name: 'benchmarks', format: runsFormat, clock, log });
  try {
    return (await open()).store;
  } catch (error) {
    log.warn('benchmark.history_unread', { reason: errorChain(error) });
    for (const name of ['benchmarks.json', 'benchmarks.last-good.json'])
      await rename(join(dir, name), join(dir, `${name}.unread`)).catch(() => undefined); // it may not be there
    return (await open()).store;
  }
}
