/** What warnings are made of. Pure data; `undefined` is "not readable". */
import type { HealthAlertKind } from '@b3iq/wire/local-api';
import type { MachineReading } from '../machine/types.ts';

/** Everything a minute is judged by. */
export interface Observation {
  /** Wall clock, Unix ms. */
  readonly nowMs: number;
  /** The latest time this machine has ever written down, Unix ms; undefined on a new one. */
  readonly latestKnownMs: number | undefined;
  readonly machine: MachineReading;
  /** From `daysLeft`. */
  readonly diskDaysLeft: number | undefined;
  readonly engines: readonly EngineObservation[];
}
export interface EngineObservation {
  /** Of the engine. */
  readonly engine: string;
  readonly label: string;
  /** Somebody else runs it; the agent can only wait for it. */
  readonly isForeign: boolean;
  readonly isFailed: boolean;
  /** It failed because its graphics card is gone. */
  readonly isCardGone: boolean;
  /** One plain sentence of the engine's. */
  readonly reason: string | undefined;
  /** Unwanted ends within the last quarter of an hour. */
  readonly recentRestarts: number;
}

/** How things stand with one cause of one part in one minute; `between` is neither bad nor well enough to say so. */
export type Finding = 'bad' | 'between' | 'good';

export interface Words {
  readonly title: string;
  readonly meaning: string;
  readonly action: string;
}

/** One line of a judgement. A part that is not in it could not be looked at. */
export interface Verdict extends Words {
  /** Kind and part, such as `overheating:cpu`. */
  readonly id: string;
  readonly kind: HealthAlertKind;
  readonly severity: 'warning' | 'critical';
  readonly finding: Finding;
}

/** A warning that stands, is coming up, or is gone but remembered. */
export interface Held {
  readonly verdict: Verdict;
  /** Bad minutes less good ones before it is raised; good ones on end since it was. `between` counts for neither. */
  readonly badMinutes: number;
  readonly goodMinutes: number;
  /** Unix ms; undefined while it has not been raised. */
  readonly raisedAtMs: number | undefined;
  readonly goneAtMs: number | undefined;
  readonly times: number;
}
export type AlertState = ReadonlyMap<string, Held>;
