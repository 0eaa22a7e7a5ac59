/**
 * One engine with its connections and its queue. Separate because a call needs all three and the endpoint has several.
 */
import { buildConnector, type Client, Pool } from 'undici';
import type { Engine } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import { Admission } from './admission.ts';
import { Line } from './line.ts';
import type { EndpointLimits } from './types.ts';

/** A call that may wait for its turn. */
export interface Waiter {
  /** The slot is yours. */
  granted(): void;
  /** Somebody with a shorter line took your place. */
  pushedOut(): void;
}

export class Lane {
  readonly engine: Engine;
  readonly admission: Admission<Waiter>;
  readonly pool: Pool;
  /** Calls whose prompt is being counted: they will want a place next. */
  counting = 0;

  constructor(engine: Engine, limits: EndpointLimits) {
    this.engine = engine;
    this.admission = new Admission(engine.slots, limits.queueLength);
    const { address } = engine;
    const connect = buildConnector({
      timeout: 5_000,
      ...(address.kind === 'socket' ? { socketPath: address.path } : {}),
    });
    // No bound on connections: admission is the bound, and an aborted call's socket must not hold up the next.
    this.pool = new Pool(address.kind === 'socket' ? 'http://engine' : address.origin, {
      pipelining: 1,
      headersTimeout: limits.firstByteTimeoutMs,
      bodyTimeout: limits.idleTimeoutMs,
      factory: (origin, options) => new Line(origin, options as Client.Options, connect), // the options above
    });
  }

  /** @throws engine_starting, engine_unavailable */
  requireReady(nowMs: number): void {
    const state = this.engine.state();
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
}
