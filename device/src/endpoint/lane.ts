/**
 * One model: the engines that serve it and the one line of calls that wait for any of them. Separate because a call needs
 * all of it and the endpoint has several. One line for all copies: nobody waits behind one engine while another is free.
 */
import type { Engine, EngineState, ServedModel } from '../engine/port.ts';
import { commonModel, leastLoaded, stateOfCopies } from '../engine/registry/judge.ts';
import { CodedError } from '../errors.ts';
import { Admission } from './admission.ts';
import { Copy } from './copy.ts';
import type { EndpointLimits } from './types.ts';

/** A call that may wait for its turn. */
export interface Waiter {
  /** A slot is yours. */
  granted(): void;
  /** Somebody with a shorter line took your place. */
  pushedOut(): void;
}

export class Lane {
  readonly admission: Admission<Waiter>;
  /** Calls whose prompt is being counted: they will want a place next. */
  counting = 0;
  readonly #limits: EndpointLimits;
  /** Each copy with the way to stop listening to its engine. */
  readonly #copies = new Map<Engine, { readonly copy: Copy; readonly leave: () => void }>();
  #model: ServedModel;

  /** @param engines  of one model, at least one */
  constructor(engines: ReadonlySet<Engine>, limits: EndpointLimits) {
    this.#limits = limits;
    this.admission = new Admission(1, limits.queueLength);
    const [first] = engines;
    if (first === undefined) throw new CodedError('internal');
    this.#model = first.model;
    this.setEngines(engines);
  }

  /** What every copy can do. */
  get model(): ServedModel {
    return this.#model;
  }
  state(): EngineState {
    return stateOfCopies([...this.#copies.keys()].map((engine) => engine.state()));
  }

  /** The engines there are now. One that is gone finishes what it works on; without any, all who wait are sent away. */
  setEngines(engines: ReadonlySet<Engine>): void {
    for (const [engine, { copy, leave }] of this.#copies)
      if (!engines.has(engine)) {
        leave();
        this.#copies.delete(engine);
        void copy.pool.close().catch(() => undefined); // it was destroyed meanwhile
      }
    for (const engine of engines)
      if (!this.#copies.has(engine))
        this.#copies.set(engine, {
          copy: new Copy(engine, this.#limits),
          leave: engine.onChange(() => this.#follow()),
        });
    this.#follow();
  }

  /** The copy for the next call; `undefined` when the model is gone. */
  choose(): Copy | undefined {
    return leastLoaded([...this.#copies.values()].map(({ copy }) => copy));
  }

  /** @throws engine_starting, engine_unavailable */
  requireReady(nowMs: number): void {
    const state = this.state();
    if (state.name === 'ready') return;
    const retryAfterS =
      state.retryAtMs === undefined ? 2 : Math.max(1, Math.ceil((state.retryAtMs - nowMs) / 1000) + 1);
    if (state.name === 'starting')
      throw new CodedError(
        'engine_starting',
        'The engine is still loading the model. Try again in a moment.',
        {
          retryAfterS,
        },
      );
    const why = state.reason === undefined ? '' : ` ${state.reason}`;
    throw new CodedError(
      'engine_unavailable',
      state.name === 'restarting'
        ? `The engine stopped and is being started again.${why}`
        : `The engine is not running.${why}`,
      state.name === 'restarting' ? { retryAfterS } : {},
    );
  }

  /** Cuts all connections. */
  async destroy(): Promise<void> {
    await Promise.all(
      [...this.#copies.values()].map(({ copy, leave }) => {
        leave();
        return copy.pool.destroy();
      }),
    );
  }

  /** Slots are those of the copies that answer. While none does they stay: whoever gets one is told why it is of no use. */
  #follow(): void {
    const copies = [...this.#copies.values()].map(({ copy }) => copy);
    this.#model = commonModel(copies.map(({ engine }) => engine.model)) ?? this.#model;
    const ready = copies.filter(({ isReady }) => isReady);
    const slots = (ready.length > 0 ? ready : copies).reduce((sum, copy) => sum + copy.slots, 0);
    for (const waiter of this.admission.resize(slots || Number.POSITIVE_INFINITY)) waiter.granted();
  }
}
