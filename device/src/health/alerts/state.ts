/**
 * Warnings over time as (state, verdicts of a minute) → state: raised, still there, gone. Pure; separate from the judge so
 * that "how bad" and "for how long" can each be tried alone. One cause of one part is one warning, however often it comes
 * and goes: what is back within an hour is the same warning again, told once more only by its count.
 */
import type { HealthAlertKind } from '@b3iq/wire/local-api';
import type { AlertState, Held, Verdict } from './types.ts';

/** Minutes it must be bad to be raised, and well to be gone. */
const PATIENCE: Readonly<Record<HealthAlertKind, { readonly raise: number; readonly clear: number }>> = {
  overheating: { raise: 3, clear: 5 },
  // A card at its limit goes in and out of it; ten quiet minutes are the end of that.
  throttling: { raise: 5, clear: 10 },
  'disk-filling': { raise: 2, clear: 5 },
  'engine-flapping': { raise: 1, clear: 5 },
  'engine-failed': { raise: 1, clear: 2 },
  'clock-wrong': { raise: 1, clear: 1 },
};
/** A part that cannot be looked at any more is neither bad nor well; after so many minutes there is nothing to warn of. */
const UNSEEN_MINUTES = 15;
const AGAIN_MS = 60 * 60_000;
const REMEMBERED_MS = 24 * 60 * 60_000;
export const MAX_ALERTS = 50;

export interface AlertStep {
  readonly state: AlertState;
  /** Raised in this minute, and gone in it: what is worth a word in the log. */
  readonly raised: readonly Verdict[];
  readonly gone: readonly Verdict[];
}

export const NO_ALERTS: AlertState = new Map();

/** @param verdicts  of one minute, from `judgeMinute`     @param nowMs  Unix ms */
export function stepAlerts(state: AlertState, verdicts: readonly Verdict[], nowMs: number): AlertStep {
  const next = new Map<string, Held>();
  const raised: Verdict[] = [];
  const gone: Verdict[] = [];
  const seen = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  for (const id of new Set([...state.keys(), ...seen.keys()])) {
    const before = state.get(id);
    const verdict = seen.get(id);
    const held = verdict === undefined ? unseen(before) : judged(before, verdict);
    if (held === undefined) continue;
    const patience = PATIENCE[held.verdict.kind];
    if (!isStanding(held)) {
      if (held.badMinutes >= patience.raise) {
        next.set(id, raise(held, nowMs));
        raised.push(held.verdict);
      } else if (held.badMinutes > 0 || isRemembered(held, nowMs)) next.set(id, held);
    } else if (held.goodMinutes >= (verdict === undefined ? UNSEEN_MINUTES : patience.clear)) {
      next.set(id, { ...held, goneAtMs: nowMs, badMinutes: 0 });
      gone.push(held.verdict);
    } else next.set(id, held);
  }
  return { state: bounded(next), raised, gone };
}

/** What is told: standing warnings first, then those gone; each group newest first. */
export function toldAlerts(state: AlertState): readonly Held[] {
  const at = ({ raisedAtMs = 0, goneAtMs }: Held) => goneAtMs ?? raisedAtMs;
  return [...state.values()]
    .filter(({ raisedAtMs }) => raisedAtMs !== undefined)
    .toSorted((a, b) => Number(isStanding(b)) - Number(isStanding(a)) || at(b) - at(a));
}

/** While it is bad its words follow the readings; while it passes they stay what they last were. */
function judged(before: Held | undefined, verdict: Verdict): Held {
  const held = before ?? { ...NEW, verdict };
  switch (verdict.finding) {
    case 'bad':
      return { ...held, verdict, badMinutes: held.badMinutes + 1, goodMinutes: 0 };
    case 'good':
      return { ...held, ...better(held) };
    case 'between':
      return held;
  }
}

/** Nobody looked: time passes all the same. */
function unseen(before: Held | undefined): Held | undefined {
  return before === undefined ? undefined : { ...before, ...better(before) };
}

/** A good minute takes one bad one back, so that what is bad most of the time is told too. */
function better({ badMinutes, goodMinutes }: Held): Pick<Held, 'badMinutes' | 'goodMinutes'> {
  return { badMinutes: Math.max(0, badMinutes - 1), goodMinutes: goodMinutes + 1 };
}

const NEW = { badMinutes: 0, goodMinutes: 0, raisedAtMs: undefined, goneAtMs: undefined, times: 0 };

function raise(held: Held, nowMs: number): Held {
  const isAgain = held.goneAtMs !== undefined && nowMs - held.goneAtMs < AGAIN_MS;
  return {
    verdict: held.verdict,
    badMinutes: 0,
    goodMinutes: 0,
    raisedAtMs: isAgain ? held.raisedAtMs : nowMs,
    goneAtMs: undefined,
    times: isAgain ? held.times + 1 : 1,
  };
}

function isStanding({ raisedAtMs, goneAtMs }: Held): boolean {
  return raisedAtMs !== undefined && goneAtMs === undefined;
}

function isRemembered({ goneAtMs }: Held, nowMs: number): boolean {
  return goneAtMs !== undefined && nowMs - goneAtMs < REMEMBERED_MS;
}

/** Those that stand before those that are gone: a machine has fewer parts than this. */
function bounded(state: ReadonlyMap<string, Held>): AlertState {
  if (state.size <= MAX_ALERTS) return state;
  const kept = toldAlerts(state).slice(0, MAX_ALERTS);
  return new Map(kept.map((held) => [held.verdict.id, held]));
}
