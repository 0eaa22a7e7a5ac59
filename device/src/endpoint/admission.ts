/**
 * Who works on the engine next: a number of slots, a bounded queue, turns taken by key.
 * Separate and pure: tickets are whatever the caller hands in, and time is only ever a number.
 * One busy app can fill its own line, never the machine: when the queue is full, the caller with the longest line
 * loses its newest place to a caller with a shorter one.
 */

export type Admitted<Ticket> =
  /** A slot is taken; call `release` when the engine is done. */
  | { readonly kind: 'go' }
  /** `place` in the line, 1 is next. `pushedOut` lost its place and must be told the queue is full. */
  | { readonly kind: 'wait'; readonly place: number; readonly pushedOut: Ticket | undefined }
  | { readonly kind: 'full'; readonly place: number };

/** How much of a new duration goes into the average; a fifth follows a change within about ten calls. */
const SMOOTHING = 0.2;
/** Retry-After is never longer, ms: conditions will have changed by then. */
const LONGEST_RETRY_S = 300;

export class Admission<Ticket> {
  readonly queueLength: number;
  #slots: number;
  /** Lines of waiting tickets by caller, in the order of turns. */
  readonly #lines = new Map<string, Ticket[]>();
  #active = 0;
  #waiting = 0;
  /** Average ms a slot is held; one second until the first call has ended. */
  #averageMs = 1_000;

  /** @param slots  ≥ 1     @param queueLength  ≥ 0 */
  constructor(slots: number, queueLength: number) {
    this.#slots = slots;
    this.queueLength = queueLength;
  }

  get slots(): number {
    return this.#slots;
  }
  get active(): number {
    return this.#active;
  }
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a slot or a place in the line, or neither. `caller` is whose turn it uses. */
  enter(caller: string, ticket: Ticket): Admitted<Ticket> {
    if (this.#active < this.slots && this.#waiting === 0) {
      this.#active += 1;
      return { kind: 'go' };
    }
    let pushedOut: Ticket | undefined;
    if (this.#waiting >= this.queueLength) {
      pushedOut = this.#pushOut(caller);
      if (pushedOut === undefined) return { kind: 'full', place: this.#waiting + 1 };
    }
    const line = this.#lines.get(caller);
    if (line === undefined) this.#lines.set(caller, [ticket]);
    else line.push(ticket);
    this.#waiting += 1;
    return { kind: 'wait', place: this.placeOf(caller, ticket) ?? this.#waiting, pushedOut };
  }

  /** Gives a slot back. @returns the ticket that has it now, or undefined when nobody waits */
  release(heldMs: number): Ticket | undefined {
    this.#averageMs += SMOOTHING * (heldMs - this.#averageMs);
    this.#active -= 1;
    return this.#next();
  }

  /** There are more or fewer slots now. Nobody at work is sent away. @param slots  ≥ 1     @returns who has one now */
  resize(slots: number): readonly Ticket[] {
    this.#slots = slots;
    const granted: Ticket[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) granted.push(next);
    return granted;
  }

  /** A waiting ticket goes away. @returns false when it was not waiting */
  leave(caller: string, ticket: Ticket): boolean {
    const line = this.#lines.get(caller);
    const at = line?.indexOf(ticket) ?? -1;
    if (line === undefined || at === -1) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(caller);
    this.#waiting -= 1;
    return true;
  }

  /** How many turns until this ticket's, 1 is next; undefined when it does not wait. */
  placeOf(caller: string, ticket: Ticket): number | undefined {
    const own = this.#lines.get(caller);
    const ahead = own?.indexOf(ticket) ?? -1;
    if (own === undefined || ahead === -1) return undefined;
    let place = 1;
    let before = true;
    for (const line of this.#lines.values()) {
      if (line === own) {
        before = false;
        place += ahead;
      } else place += Math.min(line.length, ahead + (before ? 1 : 0));
    }
    return place;
  }

  /** Whole seconds until a newcomer at `place` would have its turn, 1–300. An estimate from recent calls. */
  retryAfterS(place: number): number {
    const seconds = Math.ceil((this.#averageMs * place) / this.slots / 1000);
    return Math.min(LONGEST_RETRY_S, Math.max(1, seconds));
  }

  /** Gives a free slot to whose turn it is. */
  #next(): Ticket | undefined {
    const next = this.#lines.entries().next();
    if (next.done === true || this.#active >= this.#slots) return undefined;
    const [caller, line] = next.value;
    const ticket = line.shift();
    // To the end of the turns, or out of them.
    this.#lines.delete(caller);
    if (line.length > 0) this.#lines.set(caller, line);
    this.#waiting -= 1;
    this.#active += 1;
    return ticket;
  }

  /** Takes the newest place of the longest line, when that line is longer than `caller`'s will be. */
  #pushOut(caller: string): Ticket | undefined {
    const own = this.#lines.get(caller)?.length ?? 0;
    let longest: string | undefined;
    let length = own + 1;
    for (const [key, line] of this.#lines)
      if (key !== caller && line.length > length) {
        longest = key;
        length = line.length;
      }
    const ticket = longest === undefined ? undefined : this.#lines.get(longest)?.pop();
    if (ticket !== undefined) this.#waiting -= 1;
    return ticket;
  }
}
