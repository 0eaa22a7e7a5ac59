/**
 * The bytes of a header in order, however they come: a parser asks for more, and whoever drives it reads a file or an array.
 * Separate so that parsing is pure, never waits and never holds more of a file than it has asked for.
 */
import { CodedError } from '../../errors.ts';

/**
 * A parser at work: it yields how many more bytes it needs, and is given at least one, or none at the end of the file.
 * When it yields 0 it needs nothing, and whoever drives it may do something else first.
 */
export type Asking<T> = Generator<number, T, Uint8Array>;

/** The sentence says what is wrong with the file and does not name it. */
export const refuse = (detail: string): CodedError => new CodedError('model_file_refused', detail);

const CUT = 'The file ends in the middle of its header: it was not fetched to its end. Fetch it again.';
const TOO_MUCH = 'The file announces more than any model has.';
const NOT_TEXT = 'The file holds a text that is not valid UTF-8.';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Cursor {
  /** Whole file. */
  readonly fileBytes: number;
  readonly #mostBytes: number;
  #window: Uint8Array;
  #view: DataView;
  #at = 0;
  #start = 0;

  /** @param mostBytes  a header may not be longer @param first  the file's first bytes, if they were read already */
  constructor(fileBytes: number, mostBytes: number, first: Uint8Array = new Uint8Array(0)) {
    this.fileBytes = fileBytes;
    this.#mostBytes = mostBytes;
    this.#window = first;
    this.#view = viewOf(first);
  }

  /** From the start of the file. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Bytes that can be read without asking. */
  get left(): number {
    return this.#window.length - this.#at;
  }

  /** Makes sure that `bytes` can be read. Call it when `left` is less. */
  *ask(bytes: number): Asking<void> {
    this.expect(bytes);
    while (this.left < bytes) {
      const more = yield bytes - this.left;
      if (more.length === 0) throw refuse(CUT);
      const rest = this.#window.subarray(this.#at);
      const next = rest.length === 0 ? more : new Uint8Array(rest.length + more.length);
      if (next !== more) {
        next.set(rest);
        next.set(more, rest.length);
      }
      this.#start += this.#at;
      this.#at = 0;
      this.#window = next;
      this.#view = viewOf(next);
    }
  }

  /** Refuses what cannot be there, before a byte of it is read. @param bytes  may be infinite */
  expect(bytes: number): void {
    if (bytes > this.fileBytes - this.position) throw refuse(CUT);
    if (bytes > this.#mostBytes - this.position) throw refuse(TOO_MUCH);
  }

  /** Passes over `bytes` without holding them. */
  *skip(bytes: number): Asking<void> {
    this.expect(bytes);
    let rest = bytes;
    while (rest > this.left) {
      rest -= this.left;
      this.#at = this.#window.length;
      yield* this.ask(1);
    }
    this.#at += rest;
  }

  /** All that can be read without asking. */
  rest(): Uint8Array {
    return this.#window.subarray(this.#at);
  }

  /** Valid until the next asking. */
  take(bytes: number): DataView {
    const view = new DataView(this.#view.buffer, this.#view.byteOffset + this.#at, bytes);
    this.#at += bytes;
    return view;
  }

  u8(): number {
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** An unsigned 64-bit count, length, dimension or offset; infinite when no number can hold it exactly. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    return high > 0x1f_ffff ? Number.POSITIVE_INFINITY : high * 2 ** 32 + low;
  }

  /** @throws model_file_refused when it is not UTF-8 */
  text(bytes: number): string {
    this.#at += bytes;
    try {
      return utf8.decode(this.#window.subarray(this.#at - bytes, this.#at));
    } catch {
      throw refuse(NOT_TEXT);
    }
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Drives a parser over bytes in memory. @param windowBytes  most that is handed over at once */
export function finish<T>(asking: Asking<T>, bytes: Uint8Array, windowBytes = bytes.length): T {
  let at = 0;
  let step = asking.next();
  while (!step.done) {
    const next = bytes.subarray(at, step.value === 0 ? at : at + Math.max(windowBytes, step.value));
    at += next.length;
    step = asking.next(next);
  }
  return step.value;
}
