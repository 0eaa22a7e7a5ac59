/**
 * A call's place at one model: in line, in a slot of one of its engines, or gone.
 * Separate from the call so that a slot is given back exactly once, whoever ends the call and when.
 */
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Copy } from './copy.ts';
import type { Lane, Waiter } from './lane.ts';

/** The client left while it waited. Never shown to anybody. */
export const GONE = new Error('the client went away');

export class Turn implements Waiter {
  readonly #lane: Lane;
  readonly #caller: string;
  readonly #clock: Clock;
  #wake: ((refusal: Error | undefined) => void) | undefined;
  #slotSinceMs: number | undefined;
  #copy: Copy | undefined;
  #place: number | undefined;

  /** @param caller  whose line it waits in: a key id or `owner` */
  constructor(lane: Lane, caller: string, clock: Clock) {
    this.#lane = lane;
    this.#caller = caller;
    this.#clock = clock;
  }

  /** Its place in line when it came; undefined when it had not to wait. */
  get place(): number | undefined {
    return this.#place;
  }

  /** The engine whose slot it has; undefined without a slot, or when the model is gone. */
  get copy(): Copy | undefined {
    return this.#copy;
  }

  /** Resolves once the slot is taken. @param waitMs  bound of the wait     @throws queue_full, GONE after `leave` */
  async take(waitMs: number): Promise<void> {
    const admitted = this.#lane.admission.enter(this.#caller, this);
    if (admitted.kind === 'full') throw queueFull(this.#lane, admitted.place);
    if (admitted.kind === 'go') return this.#begin();
    this.#place = admitted.place;
    admitted.pushedOut?.pushedOut();
    const timer = setTimeout(() => this.#tooLong(), waitMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#wake = (refusal) => (refusal === undefined ? resolve() : reject(refusal));
      });
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  granted(): void {
    this.#begin();
    this.#wake?.(undefined);
  }

  pushedOut(): void {
    this.#wake?.(queueFull(this.#lane, this.#lane.admission.waiting + 1));
  }

  /** The client left: out of the line, if it was in it. A slot stays until `giveBack`. */
  leave(): void {
    if (this.#lane.admission.leave(this.#caller, this)) this.#wake?.(GONE);
  }

  /** The slot goes to the next in line. A second time, or without a slot, it does nothing. */
  giveBack(): void {
    const since = this.#slotSinceMs;
    if (since === undefined) return;
    this.#slotSinceMs = undefined;
    if (this.#copy !== undefined) this.#copy.active -= 1;
    this.#lane.admission.release(this.#clock.monotonicMs() - since)?.granted();
  }

  #begin(): void {
    this.#slotSinceMs = this.#clock.monotonicMs();
    this.#copy = this.#lane.choose();
    if (this.#copy !== undefined) this.#copy.active += 1;
  }

  #tooLong(): void {
    const place = this.#lane.admission.placeOf(this.#caller, this);
    if (place === undefined || !this.#lane.admission.leave(this.#caller, this)) return;
    this.#wake?.(queueFull(this.#lane, place));
  }
}

/** @param place  in line, 1 is next */
export function queueFull(lane: Lane, place: number): CodedError {
  const retryAfterS = lane.admission.retryAfterS(place);
  return new CodedError(
    'queue_full',
    `The machine is busy: this request would be number ${place} in line. Try again in ${retryAfterS} s.`,
    { retryAfterS, headers: { 'b3iq-queue-position': String(place) } },
  );
}
