/**
 * A key's tokens per UTC day: reserve before the call, reconcile with what it used, or release.
 * Separate and pure so that every order of calls can be tried: between check and debit nothing else can run.
 */

/** ms of a UTC day (no leap seconds in Unix time). */
const DAY_MS = 86_400_000;
/** Days remembered, so that a clock set back finds what that day had already used. */
const DAYS_KEPT = 4;

interface Day {
  spent: number;
  reserved: number;
}
/** One key's tokens by UTC day number. Changed in place. */
export interface Budget {
  readonly days: Map<number, Day>;
}
/** Tokens held for one call, counted towards the day it began on. */
export interface Reservation {
  readonly day: number;
  readonly tokens: number;
}
export type ReserveOutcome =
  | { readonly kind: 'reserved'; readonly reservation: Reservation; readonly tokens: number }
  /** `held`: tokens of calls still running, part of which may come back. */
  | { readonly kind: 'exceeded'; readonly left: number; readonly held: number };

export const utcDay = (nowMs: number): number => Math.floor(nowMs / DAY_MS);
/** Whole seconds to the next UTC midnight, ≥ 1. */
export const secondsToMidnight = (nowMs: number): number =>
  Math.max(1, Math.ceil(((utcDay(nowMs) + 1) * DAY_MS - nowMs) / 1000));
/** Unix ms of the last UTC midnight. */
export const startOfUtcDay = (nowMs: number): number => utcDay(nowMs) * DAY_MS;

export function emptyBudget(): Budget {
  return { days: new Map() };
}

function dayOf(budget: Budget, day: number): Day {
  let entry = budget.days.get(day);
  if (entry === undefined) {
    entry = { spent: 0, reserved: 0 };
    budget.days.set(day, entry);
    for (const [old, { reserved }] of budget.days)
      if (budget.days.size > DAYS_KEPT && old !== day && reserved === 0) budget.days.delete(old);
  }
  return entry;
}

/** Tokens spent on the UTC day of `nowMs`, reservations not counted. */
export function spentOn(budget: Budget, nowMs: number): number {
  return budget.days.get(utcDay(nowMs))?.spent ?? 0;
}

/** Tokens neither spent nor held on the UTC day of `nowMs`; below 0 when a call used more than it was given. */
export function leftOn(budget: Budget, limit: number, nowMs: number): number {
  const entry = budget.days.get(utcDay(nowMs));
  return entry === undefined ? limit : limit - entry.spent - entry.reserved;
}

/**
 * Holds up to `wanted` tokens, at least `least`.
 * @param limit  tokens per day, ≥ 1     @param least  below this the call is pointless; 0 ≤ least ≤ wanted
 */
export function reserve(
  budget: Budget,
  limit: number,
  nowMs: number,
  least: number,
  wanted: number,
): ReserveOutcome {
  const day = utcDay(nowMs);
  const entry = dayOf(budget, day);
  const left = limit - entry.spent - entry.reserved;
  if (left < least || left <= 0) return { kind: 'exceeded', left: Math.max(0, left), held: entry.reserved };
  const tokens = Math.min(wanted, left);
  entry.reserved += tokens;
  return { kind: 'reserved', reservation: { day, tokens }, tokens };
}

/** Gives part of a reservation back, as when it cannot be split evenly. @returns the smaller reservation */
export function shrink(budget: Budget, reservation: Reservation, tokens: number): Reservation {
  dayOf(budget, reservation.day).reserved -= reservation.tokens - tokens;
  return { day: reservation.day, tokens };
}

/** The call is over: `used` tokens are spent on the day it began, the rest of the reservation is free again. */
export function reconcile(budget: Budget, reservation: Reservation, used: number): void {
  const entry = dayOf(budget, reservation.day);
  entry.reserved -= reservation.tokens;
  entry.spent += used;
}

/** Tokens spent outside any reservation: by a key without a budget, or before a restart. */
export function spend(budget: Budget, nowMs: number, used: number): void {
  dayOf(budget, utcDay(nowMs)).spent += used;
}
