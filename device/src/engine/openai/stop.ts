/** Stop texts across token boundaries. Separate because what must be held back is easy to get wrong and pure. */

export interface StopResult {
  /** Text that can no longer be the beginning of a stop text. */
  readonly text: string;
  /** True once a stop text was found; `text` ends before it and nothing more may follow. */
  readonly stopped: boolean;
  /** The stop text that was found. */
  readonly stop?: string;
}

/** Passes text through until one of `stops` appears, whichever comes first; holds back what might become one. */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = '';

  /** @param stops  0–4 texts, none empty */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  push(text: string): StopResult {
    const all = this.#held + text;
    const found = this.#stops
      .map((stop) => ({ stop, at: all.indexOf(stop) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0];
    if (found !== undefined) {
      this.#held = '';
      return { text: all.slice(0, found.at), stopped: true, stop: found.stop };
    }
    const keep = Math.max(0, ...this.#stops.map((stop) => heldLength(all, stop)));
    this.#held = all.slice(all.length - keep);
    return { text: all.slice(0, all.length - keep), stopped: false };
  }

  /** What was still held when the answer ended by itself. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** Length of the longest end of `text` that is a beginning of `mark` and shorter than it; 0 when none is. */
export function heldLength(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
    if (mark.startsWith(text.slice(text.length - length))) return length;
  return 0;
}
