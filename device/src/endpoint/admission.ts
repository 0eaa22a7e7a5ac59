/**
 * Who works on the engine next: a number of slots, a bounded queue, turns taken by key and priority.
 * Separate and pure: tickets are whatever the caller hands in, and time is only ever a number.
 * One busy app can fill its own line, never the machine: when the queue is full, the caller with the longest line
 * loses its newest place to a caller with a shorter one (`turns.ts`).
 */
import type { KeyPriority } from '@b3iq/wire/local-api';
import { Turns } from './turns.ts';

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
  readonly #turns = new Turns<Ticket>();
  #active = 0;
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
    return this.#turns.size;
  }

  /** Takes a slot or a place in the line, or neither. `caller` is whose turn it uses. */
  enter(caller: string, ticket: Ticket, priority: KeyPriority = 'normal'): Admitted<Ticket> {
    if (this.#active < this.slots && this.waiting === 0) {
      this.#active += 1;
      return { kind: 'go' };
    }
    const wanted = { caller, priority, ticket };
    let pushedOut: Ticket | undefined;
    if (this.waiting >= this.queueLength) {
      pushedOut = this.#turns.pushOut(wanted);
      if (pushedOut === undefined) return { kind: 'full', place: this.waiting + 1 };
    }
    this.#turns.add(wanted);
    return { kind: 'wait', place: this.#turns.placeOf(wanted) ?? this.waiting, pushedOut };
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
  leave(caller: string, ticket: Ticket, priority: KeyPriority = 'normal'): boolean {
    return this.#turns.remove({ caller, priority, ticket });
  }

  /** How many turns until this ticket's, 1 is next; undefined when it does not wait. */
  placeOf(caller: string, ticket: Ticket, priority: KeyPriority = 'normal'): number | undefined {
    return this.#turns.placeOf({ caller, priority, ticket });
  }

  /** Whole seconds until a newcomer at `place` would have its turn, 1–300. An estimate from recent calls. */
  retryAfterS(place: number): number {
    const seconds = Math.ceil((this.#averageMs * place) / this.slots / 1000);
    return Math.min(LONGEST_RETRY_S, Math.max(1, seconds));
  }

  /** Gives a free slot to whose turn it is. */
  #next(): Ticket | undefined {
    if (this.#active >= this.#slots) return undefined;
    const ticket = this.#turns.take();
    if (ticket !== undefined) this.#active += 1;
    return ticket;
  }
}
