/**
 * Models that are loaded when a call needs them, stay for a while, and give way to others when memory is short. Separate from
 * supervision, which keeps one engine alive: this decides which engines shall be alive at all.
 */
import { errorChain } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import type { Log } from '../../os/log.ts';
import type { Engine } from '../port.ts';
import { KeptEngine } from './engine.ts';
import { planLoad, type Room } from './plan.ts';

export interface KeeperOptions {
  /** Memory all its models share. */
  readonly budgetBytes: number;
  /** Engines that are given out as models are loaded; no bound when left out. */
  readonly engines?: number;
  /** A model nobody used for so long is unloaded; `Infinity`: only to make room. */
  readonly keepAliveMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class ModelKeeper {
  readonly #options: KeeperOptions;
  readonly #kept = new Map<string, KeptEngine>();
  /** One change of what is loaded at a time. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /**
   * The same engine, loaded on demand from now on. Its id must be its own among all that are kept.
   * @param inner  not started     @param bytes  what it needs of the memory when loaded
   * @param engines  what it takes of the engines that are given out
   */
  keep(inner: Engine, bytes: number, engines: 0 | 1 = 0): KeptEngine {
    const { clock, keepAliveMs } = this.#options;
    const kept = new KeptEngine(inner, { bytes, engines }, clock, keepAliveMs, () => this.#arrange());
    this.#kept.set(kept.id, kept);
    return kept;
  }

  /** Ends an engine and forgets it; what it took is there for others. Resolves when nothing of it is left. */
  async drop(kept: KeptEngine): Promise<void> {
    if (this.#kept.get(kept.id) === kept) this.#kept.delete(kept.id);
    await kept.stop();
    this.#arrange();
  }

  /** Loads what is wanted and unloads what nobody needs. Never rejects. */
  #arrange(): void {
    this.#work = this.#work
      .then(() => this.#arrangeOnce())
      .catch((error: unknown) => this.#options.log.error('models.arrange', { reason: errorChain(error) }));
  }

  async #arrangeOnce(): Promise<void> {
    const { budgetBytes, engines = Number.POSITIVE_INFINITY, log } = this.#options;
    const all: Room = { bytes: budgetBytes, engines };
    for (const kept of this.#kept.values())
      if (kept.isOverdue()) {
        log.info('models.unloaded', { engine: kept.id, why: 'idle' });
        await kept.unload();
      }
    const waiting = [...this.#kept.values()]
      .filter((kept) => kept.isWanted())
      .sort((a, b) => a.wantedSinceMs - b.wantedSinceMs);
    for (const kept of waiting) {
      const residents = [...this.#kept.values()].filter((each) => each.isLoaded);
      const plan = planLoad(kept, residents, all);
      if (plan.kind === 'too-large') kept.refuse();
      if (plan.kind !== 'load') continue;
      for (const id of plan.unload) {
        log.info('models.unloaded', { engine: id, why: 'room', for: kept.id });
        await this.#kept.get(id)?.unload();
      }
      log.info('models.loading', { engine: kept.id, bytes: kept.bytes });
      kept.load();
    }
  }
}
