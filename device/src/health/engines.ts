/** How often engines end without being told to. Separate because only the order of their states tells it. */
import type { EngineHealth } from '@b3iq/wire/local-api';
import type { Engine, EngineState } from '../engine/port.ts';
import type { Clock } from '../os/clock.ts';
import type { EngineObservation } from './alerts/types.ts';

/** What "again and again" is measured over. */
const RECENT_MS = 15 * 60_000;
/** Remembered of one engine; more are as bad as these. */
const MOST_ENDS = 100;

type WatchedEngine = Pick<Engine, 'id' | 'model' | 'upstream' | 'state' | 'onChange'>;
interface Watched {
  readonly engine: WatchedEngine;
  last: EngineState;
  lastRetryAtMs: number | undefined;
  restarts: number;
  /** Monotonic ms of its recent ends. */
  readonly ends: number[];
}

export class EngineWatch {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the way to stop, for an engine that is taken away on purpose */
  watch(engine: WatchedEngine): () => void {
    const watched: Watched = {
      engine,
      last: engine.state(),
      lastRetryAtMs: undefined,
      restarts: 0,
      ends: [],
    };
    this.#watched.add(watched);
    const leave = engine.onChange(() => this.#look(watched));
    return () => {
      leave();
      this.#watched.delete(watched);
    };
  }

  health(): readonly EngineHealth[] {
    return [...this.#watched].map(({ engine, restarts }) => ({
      engine: engine.id,
      model: engine.model.id,
      state: engine.state().name,
      restarts,
    }));
  }

  observe(): readonly EngineObservation[] {
    const since = this.#clock.monotonicMs() - RECENT_MS;
    const told = new Set<string>();
    return [...this.#watched].flatMap(({ engine, ends }): readonly EngineObservation[] => {
      const { id, model, upstream } = engine;
      // All models of somebody else's engine come and go with it: it is told once, by its own name.
      const name = upstream === undefined ? id : id.slice(0, id.indexOf('/'));
      if (told.has(name)) return [];
      told.add(name);
      const { name: state, reason, code } = engine.state();
      const ownLabel = id === model.id ? model.label : `${model.label} (${id})`;
      return [
        {
          engine: name,
          label: upstream === undefined ? ownLabel : name,
          isForeign: upstream !== undefined,
          isFailed: state === 'failed',
          isCardGone: code === 'graphics_card_gone',
          reason,
          recentRestarts: ends.filter((at) => at > since).length,
        },
      ];
    });
  }

  /** It has ended when it comes into trouble, or when trouble sets a new time for the next start. */
  #look(watched: Watched): void {
    const state = watched.engine.state();
    const isNewTrouble = isTrouble(state) && !isTrouble(watched.last);
    const isNewRetry = state.retryAtMs !== undefined && state.retryAtMs !== watched.lastRetryAtMs;
    watched.last = state;
    if (state.retryAtMs !== undefined) watched.lastRetryAtMs = state.retryAtMs;
    if (!isNewTrouble && !(isTrouble(state) && isNewRetry)) return;
    watched.restarts += 1;
    watched.ends.push(this.#clock.monotonicMs());
    if (watched.ends.length > MOST_ENDS) watched.ends.shift();
  }
}

const isTrouble = ({ name }: EngineState): boolean => name === 'restarting' || name === 'failed';
