/**
 * One engine with its connections and the calls it works on. Separate from the lane, where calls wait for any engine of
 * a model.
 */
import { buildConnector, type Client, Pool } from 'undici';
import type { Engine } from '../engine/port.ts';
import type { Loaded } from '../engine/registry/judge.ts';
import { Line } from './line.ts';
import type { EndpointLimits } from './types.ts';

export class Copy implements Loaded {
  readonly engine: Engine;
  readonly pool: Pool;
  active = 0;

  constructor(engine: Engine, limits: EndpointLimits) {
    this.engine = engine;
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

  get slots(): number {
    return this.engine.slots;
  }
  get isReady(): boolean {
    return this.engine.state().name === 'ready';
  }
}
