/**
 * Times on the wire: RFC 3339, UTC, one spelling. Separate because `Date.parse` takes far more than that, and a time
 * that two readers read differently is a hole in every expiry.
 */
import type { Id } from './ids.ts';

/** `2026-11-22T07:54:31Z`, with or without `.mmm`; years 0000–9999, no leap seconds, no offsets. */
export type Time = Id<'Time'>;

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** @returns undefined when the text is not a time in that form, or names a day or an hour that does not exist */
export function parseTime(text: string): Time | undefined {
  if (!SHAPE.test(text)) return undefined;
  const ms = Date.parse(text);
  // Written back, a day that does not exist (30 February) comes out as another one.
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19)
    ? (text as Time) // checked
    : undefined;
}

/** @param ms  whole Unix ms, years 0000–9999      @throws RangeError */
export function formatTime(ms: number): Time {
  const text = Number.isInteger(ms) ? new Date(ms).toISOString() : '';
  if (!SHAPE.test(text)) throw new RangeError(`expected whole Unix ms in the years 0000 to 9999, got ${ms}`);
  return text as Time; // checked
}

/** Unix ms of a time. */
export function timeToMs(time: Time): number {
  return Date.parse(time);
}
