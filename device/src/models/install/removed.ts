/** Models that were just removed and can be brought back for a minute. Separate because it is the only thing here with a timer. */
import type { Sha256Hex } from '@b3iq/wire';
import { errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import type { ModelFolder } from './folder.ts';

/** How long a removed model can be brought back; its room is given back after. */
export const UNDO_MS = 60_000;

export class RemovedModels {
  readonly #folder: ModelFolder;
  readonly #log: Log;
  readonly #timers = new Map<Sha256Hex, NodeJS.Timeout>();

  constructor(folder: ModelFolder, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  async remove(sha256: Sha256Hex): Promise<void> {
    await this.#folder.remove(sha256);
    const timer = setTimeout(() => void this.#purge(sha256), UNDO_MS);
    timer.unref();
    this.#timers.set(sha256, timer);
  }

  /** @returns false when its time has passed */
  async restore(sha256: Sha256Hex): Promise<boolean> {
    const timer = this.#timers.get(sha256);
    if (timer === undefined) return false;
    clearTimeout(timer);
    this.#timers.delete(sha256);
    return await this.#folder.restore(sha256);
  }

  /** Gives back all room at once. */
  async close(): Promise<void> {
    for (const sha256 of [...this.#timers.keys()]) await this.#purge(sha256);
  }

  async #purge(sha256: Sha256Hex): Promise<void> {
    clearTimeout(this.#timers.get(sha256));
    this.#timers.delete(sha256);
    await this.#folder.emptyRemoved(sha256).catch((error: unknown) => {
      this.#log.warn('models.purge_failed', { reason: errorChain(error) }); // the next start tries again
    });
  }
}
