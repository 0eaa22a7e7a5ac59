/** Time as the agent sees it. Separate so that pure code takes numbers and tests turn the clock by hand. */
export interface Clock {
  /** Wall time, ms since the epoch; may jump. */
  now(): number;
  /** Monotonic ms since an arbitrary start of this process; never jumps. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that stands still until told. */
export class FakeClock implements Clock {
  #now: number;
  #mono = 0;
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }
  now(): number {
    return this.#now;
  }
  monotonicMs(): number {
    return this.#mono;
  }
  /** Both clocks move on by `ms`. */
  advance(ms: number): void {
    this.#now += ms;
    this.#mono += ms;
  }
  /** Only the wall clock jumps, as when somebody sets it. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
