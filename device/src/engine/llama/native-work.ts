/** Native work under the watchdog's eye. Separate because a stuck driver is noticed the same way in every engine. */

export class NativeWork {
  #underWay = 0;
  #lastStepMs = 0;

  /** Ms since native work last moved; 0 while there is none. */
  get stalledMs(): number {
    return this.#underWay === 0 ? 0 : performance.now() - this.#lastStepMs;
  }

  /** Does one step of it. A slow reader is not native work: nobody is killed for one. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay === 0) this.#lastStepMs = performance.now();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      this.#lastStepMs = performance.now();
    }
  }
}
