/**
 * How many tries are left and how long a secret or a session still lives. Pure: time comes in as a `Moment`.
 * Separate because every lock-out rule is here, and each must hold over restarts and against a clock somebody sets.
 */
import type { ClaimSecret, Session, TryCount } from './types.ts';

/** Now, as one process sees it. `run` names the process: monotonic times of two runs cannot be compared. */
export interface Moment {
  readonly run: string;
  /** Whole monotonic milliseconds, ≥ 0. */
  readonly monoMs: number;
  /** Unix ms; may jump. */
  readonly wallMs: number;
}

/** How many tries count at once, and how long each counts. */
export interface TryRule {
  readonly tries: number;
  readonly windowMs: number;
}
const QUARTER_HOUR_MS = 15 * 60_000;
/**
 * Five for the claim: 40 random bits on a label then take 10⁴ years. Ten for sign-in: people mistype passwords.
 * Ten for recovery: 120 bits cannot be guessed, the limit only bounds the work.
 */
export const TRY_RULES = {
  claim: { tries: 5, windowMs: QUARTER_HOUR_MS },
  sign_in: { tries: 10, windowMs: QUARTER_HOUR_MS },
  recovery: { tries: 10, windowMs: QUARTER_HOUR_MS },
} as const satisfies Record<string, TryRule>;
export type TryKind = keyof typeof TRY_RULES;

/** A day: long enough to print a link in the evening and open it in the morning. */
export const TOKEN_LIFE_MS = 24 * 60 * 60_000;
/** Thirty days without a visit end a session. */
export const SESSION_IDLE_MS = 30 * 24 * 60 * 60_000;
/** A session's last visit is written at most this often, to spare the disk. */
export const SESSION_TOUCH_MS = 60 * 60_000;

/** The same tries as of `now`. After a restart nothing has run off: the time switched off is not known. */
export function tick(count: TryCount, now: Moment): TryCount {
  const elapsedMs = count.run === now.run ? Math.max(0, now.monoMs - count.at_ms) : 0;
  return {
    rests_ms: count.rests_ms.map((rest) => rest - elapsedMs).filter((rest) => rest > 0),
    run: now.run,
    at_ms: now.monoMs,
  };
}

/** Tries left, and whole seconds until the next one is accepted (0 when one is left). */
export function standing(
  count: TryCount,
  rule: TryRule,
  now: Moment,
): { readonly triesLeft: number; readonly lockedForS: number } {
  const rests = [...tick(count, now).rests_ms].sort((a, b) => a - b);
  const triesLeft = Math.max(0, rule.tries - rests.length);
  const freedBy = rests[rests.length - rule.tries];
  return { triesLeft, lockedForS: freedBy === undefined ? 0 : Math.ceil(freedBy / 1000) };
}

/** The count with one more try, or `undefined` when none is left. */
export function countTry(count: TryCount, rule: TryRule, now: Moment): TryCount | undefined {
  const current = tick(count, now);
  if (current.rests_ms.length >= rule.tries) return undefined;
  return { ...current, rests_ms: [...current.rests_ms, rule.windowMs] };
}

/** No tries counted, as after a success. */
export function noTriesAt(now: Moment): TryCount {
  return { rests_ms: [], run: now.run, at_ms: now.monoMs };
}

/**
 * Milliseconds a secret still lives, ≤ 0 when it has run out; a label's secret does not run out.
 * While the agent runs only monotonic time counts. Time switched off counts by the wall clock when that went
 * forward: a jump can then end a token early (mint another), never prolong it.
 */
export function secretRestMs(secret: ClaimSecret, now: Moment): number {
  if (secret.kind === 'label') return Number.POSITIVE_INFINITY;
  const elapsedMs = secret.run === now.run ? now.monoMs - secret.at_ms : now.wallMs - secret.saved_at_ms;
  return secret.rest_ms - Math.max(0, elapsedMs);
}

/** Whether a session may still be used. A clock set back makes none older. */
export function isSessionLive(session: Session, now: Moment): boolean {
  return now.wallMs - session.seen_at_ms <= SESSION_IDLE_MS;
}

/** Whether the last visit is worth writing down again. */
export function isTouchDue(session: Session, now: Moment): boolean {
  return Math.abs(now.wallMs - session.seen_at_ms) > SESSION_TOUCH_MS;
}
