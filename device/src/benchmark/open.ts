/**
 * Opens what was measured before. Never stops the machine: a file that is damaged is put aside and a new one begun, one
 * of a later version is left alone for that version, and what is measured meanwhile is remembered while the agent runs.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, errorChain } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/port.ts';
import { serialStore } from '../store/serial-store.ts';
import { type Runs, runsFormat } from './types.ts';

const FILES = ['benchmarks.json', 'benchmarks.last-good.json'];

/** Never throws. */
export async function openRuns(dir: string, clock: Clock, log: Log): Promise<Store<Runs>> {
  const open = async () =>
    (await openStore({ dir, name: 'benchmarks', format: runsFormat, clock, log })).store;
  try {
    return await open().catch(async (error: unknown) => {
      if (!(error instanceof CodedError) || error.code !== 'store_corrupt') throw error;
      log.warn('benchmark.history_put_aside', { reason: errorChain(error) });
      for (const name of FILES)
        await rename(join(dir, name), join(dir, `${name}.unread`)).catch(() => undefined); // it may not be there
      return await open();
    });
  } catch (error) {
    log.warn('benchmark.history_not_kept', { reason: errorChain(error) });
    return serialStore(runsFormat.initial, runsFormat, async () => undefined);
  }
}
