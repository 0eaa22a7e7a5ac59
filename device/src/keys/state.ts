/**
 * How often and how many at once: a key's token bucket and its calls in flight.
 * Separate and pure: the time comes in as monotonic ms, so a wall clock that jumps gives nobody anything.
 */
import { type Budget, emptyBudget } from './budget.ts';
import type { KeyLimits } from './types.ts';

/** What is counted about one key. Changed in place; lives in memory only. */
export interface Meter {
  /** Requests that may start right now, 0–`requestsPerMinute`, fractional. */
  bucket: number;
  /** Monotonic ms of the last refill. */
  filledAtMs: number;
  /** Admitted and not yet finished, waiting ones included. */
  active: number;
  readonly budget: Budget;
}
export type EnterOutcome =
  | { readonly kind: 'entered' }
  | { readonly kind: 'too-many-at-once' }
  /** `retryAfterS`: whole seconds until one request fits, ≥ 1. */
  | { readonly kind: 'too-often'; readonly retryAfterS: number };

const ENTERED: EnterOutcome = { kind: 'entered' };

/** A meter that has seen nothing: the bucket is full. */
export function newMeter(limits: KeyLimits, monotonicMs: number): Meter {
  return {
    bucket: limits.requestsPerMinute ?? 0,
    filledAtMs: monotonicMs,
    active: 0,
    budget: emptyBudget(),
  };
}

/** Takes one request out of the bucket and one place, or neither. A refused request costs nothing. */
export function enter(meter: Meter, limits: KeyLimits, monotonicMs: number): EnterOutcome {
  if (limits.concurrency !== undefined && meter.active >= limits.concurrency)
    return { kind: 'too-many-at-once' };
  const perMinute = limits.requestsPerMinute;
  if (perMinute !== undefined) {
    const passed = Math.max(0, monotonicMs - meter.filledAtMs);
    meter.bucket = Math.min(perMinute, meter.bucket + (passed * perMinute) / 60_000);
    meter.filledAtMs = monotonicMs;
    // A hair below 1 counts as 1: a client that waits exactly Retry-After must not fail on rounding.
    if (meter.bucket < 1 - 1e-9)
      return {
        kind: 'too-often',
        retryAfterS: Math.max(1, Math.ceil(((1 - meter.bucket) * 60) / perMinute - 1e-6)),
      };
    meter.bucket = Math.max(0, meter.bucket - 1);
  }
  meter.active += 1;
  return ENTERED;
}

/**
 * Goes on counting under another rate: what was used of the last minute stays used. A rate where there was none begins with
 * a full bucket, as a new key does.
 */
export function changeRate(meter: Meter, before: KeyLimits, after: KeyLimits, monotonicMs: number): void {
  const [from, to] = [before.requestsPerMinute, after.requestsPerMinute];
  if (to === undefined || to === from) return;
  const passed = Math.max(0, monotonicMs - meter.filledAtMs);
  const used = from === undefined ? 0 : Math.max(0, from - meter.bucket - (passed * from) / 60_000);
  meter.bucket = Math.max(0, to - used);
  meter.filledAtMs = monotonicMs;
}

/** A request that entered is over. */
export function leave(meter: Meter): void {
  meter.active -= 1;
}
