/**
 * What the machine does about updates by itself, and when. Pure.
 * Separate because "why did it restart at night" must have its answer in one place.
 */
import type { UpdateAnswer } from '@b3iq/wire/local-api';

/** Once a day, spread over 8 hours, so that a fleet never asks in one minute. */
export const LOOK_EVERY_MS = 24 * 3_600_000;
export const LOOK_SPREAD_MS = 8 * 3_600_000;
/** The first look: 10 to 40 minutes after the start, when a street has its power back and its routers are up. */
export const FIRST_LOOK_MS = 10 * 60_000;
export const FIRST_LOOK_SPREAD_MS = 30 * 60_000;
/** Hours of the machine's own time zone in which it may restart by itself: from 2 to 5. */
export const QUIET_FROM_HOUR = 2;
export const QUIET_UNTIL_HOUR = 5;
/** Nobody asked the machine anything for a quarter of an hour. */
export const IDLE_MS = 15 * 60_000;
/** A machine that is switched off at night writes a version that waited two days at any idle moment; switching it on starts it. */
export const PATIENCE_MS = 2 * 24 * 3_600_000;
/** After an installation that failed: not again before an hour is over. */
export const RETRY_MS = 3_600_000;

/** @param random  0 ≤ random < 1      @returns ms from now */
export function planFirstLook(random: number): number {
  return FIRST_LOOK_MS + Math.floor(random * FIRST_LOOK_SPREAD_MS);
}
/** @param random  0 ≤ random < 1      @returns ms from now */
export function planNextLook(random: number): number {
  return LOOK_EVERY_MS - LOOK_SPREAD_MS / 2 + Math.floor(random * LOOK_SPREAD_MS);
}

export interface Moment {
  readonly answer: UpdateAnswer;
  /** The owner asked to wait, and the day has not come. */
  readonly isPostponed: boolean;
  /** 0–23, in the machine's time zone. */
  readonly hour: number;
  readonly lookIsDue: boolean;
  /** Whether an installation may be tried (again). */
  readonly tryIsDue: boolean;
  /** Since when a request was last served, ms. */
  readonly idleForMs: number;
  /** Since when the version on offer has been known, ms; 0 when there is none. */
  readonly waitedMs: number;
}

export type Step = 'look' | 'install' | 'restart';

/** The one thing to do now, or undefined. */
export function planStep(moment: Moment): Step | undefined {
  const { answer } = moment;
  const { state } = answer;
  if (state.kind !== 'idle' && state.kind !== 'ready') return undefined;
  if (moment.lookIsDue && state.kind === 'idle') return 'look';
  if (!answer.automatic || moment.isPostponed || moment.idleForMs < IDLE_MS) return undefined;
  const isQuiet = moment.hour >= QUIET_FROM_HOUR && moment.hour < QUIET_UNTIL_HOUR;
  if (state.kind === 'ready') return isQuiet ? 'restart' : undefined;
  if (answer.available === null || !moment.tryIsDue) return undefined;
  return isQuiet || moment.waitedMs >= PATIENCE_MS ? 'install' : undefined;
}
