/**
 * Counters as decimal strings: sequence numbers and token counts that never lose a digit in somebody's JSON reader.
 * Separate from money because a counter has no fraction and no sign.
 */
import type { Id } from './ids.ts';

/** `0` or digits without a leading zero, at most 2^64-1. */
export type Counter = Id<'Counter'>;

const LARGEST = 2n ** 64n - 1n;

/** @returns undefined when the text is not a counter in its one spelling */
export function parseCounter(text: string): Counter | undefined {
  return /^(?:0|[1-9]\d{0,19})$/.test(text) && BigInt(text) <= LARGEST ? (text as Counter) : undefined; // checked
}

/** @param value  whole, 0 – 2^64-1; a plain number only up to 2^53-1      @throws RangeError */
export function formatCounter(value: number | bigint): Counter {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError(`expected a whole number below 2^53, got ${value}`);
  if (value < 0 || value > LARGEST) throw new RangeError(`expected a counter, got ${value}`);
  return String(value) as Counter; // digits of a whole number in range
}

/** The counter as a plain number. @throws RangeError above 2^53-1, where plain numbers begin to skip */
export function counterToNumber(counter: Counter): number {
  const value = Number(counter);
  if (!Number.isSafeInteger(value)) throw new RangeError('this counter is too large for a plain number');
  return value;
}
