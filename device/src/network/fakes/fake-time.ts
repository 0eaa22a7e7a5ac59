/** Time for tests of the network: it stands still until told, and those who sleep wake when it passes. */
import { FakeClock } from '../../os/clock.ts';

export class FakeTime extends FakeClock {
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  readonly #instantMs: number;

  /** @param instantMs  sleeps of at most this take no time at all and move the clock on */
  constructor(instantMs = 0) {
    super();
    this.#instantMs = instantMs;
  }

  /** As the service wants it. */
  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (ms <= this.#instantMs) {
      this.advance(ms);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.monotonicMs() + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  };

  override advance(ms: number): void {
    super.advance(ms);
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.monotonicMs()) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
