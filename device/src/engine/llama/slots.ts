/** First come, first served over a fixed number of slots. Separate so that fairness and giving up are tried by themselves. */

export class Slots<T> {
  readonly #free: T[];
  readonly #total: number;
  #waiting: { readonly give: (slot: T) => void; readonly prefer: (free: readonly T[]) => T | undefined }[] =
    [];

  constructor(slots: readonly T[]) {
    this.#free = [...slots];
    this.#total = slots.length;
  }

  get total(): number {
    return this.#total;
  }
  get busy(): number {
    return this.#total - this.#free.length;
  }
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * A slot of one's own, in the order of asking.
   * @param prefer  picks among the free ones; only asked when there is more than one
   * @throws the signal's reason when it aborts first; then no slot was taken
   */
  async take(
    signal: AbortSignal,
    prefer: (free: readonly T[]) => T | undefined = (free) => free[0],
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#free.length > 0) return this.#pick(prefer);
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((entry) => entry !== ticket);
        reject(signal.reason);
      };
      const ticket = {
        give: (slot: T) => {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
        prefer,
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(ticket);
    });
  }

  give(slot: T): void {
    this.#free.push(slot);
    const next = this.#waiting.shift();
    if (next !== undefined) next.give(this.#pick(next.prefer));
  }

  #pick(prefer: (free: readonly T[]) => T | undefined): T {
    const wanted = prefer(this.#free);
    const at = wanted === undefined ? 0 : Math.max(0, this.#free.indexOf(wanted));
    return this.#free.splice(at, 1)[0] as T; // only called while one is free
  }
}
