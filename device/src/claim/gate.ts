/** Bounds how much slow hashing runs at once, so that a flood of sign-ins cannot use up memory or every thread. */
import { CodedError } from '../errors.ts';

export class WorkGate {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param atOnce  tasks that run at the same time; two take 64 MiB and leave two of libuv's four threads for files
   * @param maxWaiting  tasks that wait; one more is refused
   */
  constructor(atOnce = 2, maxWaiting = 6) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Runs `task` when there is room. @throws queue_full without having begun */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#maxWaiting)
        throw new CodedError('queue_full', 'Too many sign-ins at once. Try again in a moment.', {
          retryAfterS: 1,
        });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift(); // the place is handed on, so that nobody slips in between
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
