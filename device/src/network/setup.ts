/**
 * Everything the machine knows and wants about its network at one moment, and how long it waits for what. Pure data.
 * Separate from what changes it (`state.ts`) and from what is done about it (`plan.ts`).
 */
import type { JoinFailure, JoinState } from '@b3iq/wire/local-api';
import { printableSsid, ssidFromHex } from './parse.ts';
import type { Step } from './step.ts';
import type { HeardNetwork, Link, NetworkSlice, Profile, Sight } from './types.ts';

/** Monotonic milliseconds, and the wall clock in RFC 3339 for what is shown. */
export interface Moment {
  readonly ms: number;
  readonly at: string;
}

/** How far a try has come; each stage begins when the step before it is done. */
export type Stage =
  | { readonly kind: 'waiting'; readonly startsAtMs: number }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'linked'; readonly link: Link }
  | { readonly kind: 'proven'; readonly link: Link; readonly internet: boolean }
  | { readonly kind: 'kept'; readonly link: Link; readonly internet: boolean }
  | { readonly kind: 'failed'; readonly reason: JoinFailure; readonly at: string };
export interface Trial {
  readonly profile: Profile;
  readonly stage: Stage;
}

export interface Setup {
  readonly isClaimed: boolean;
  /** The owner has been through the wizard. */
  readonly isSettled: boolean;
  /** What is on disk. */
  readonly disk: NetworkSlice;
  /** Steps that could not be done, and when to try each again. */
  readonly retryAtMs: Readonly<Partial<Record<Step['kind'], number>>>;
  readonly sight: Sight | undefined;
  readonly isSightStale: boolean;
  /** When to look again though nothing was heard of a change. */
  readonly lookAtMs: number;
  readonly heard: readonly HeardNetwork[];
  readonly heardAtMs: number | undefined;
  readonly hasListened: boolean;
  readonly trial: Trial | undefined;
  /** Asked for while the last steps of another one must not be disturbed. */
  readonly nextTrial: Profile | undefined;
  readonly join: JoinState;
  readonly refresh:
    | { readonly kind: 'announced'; readonly startsAtMs: number }
    | { readonly kind: 'away'; readonly backAtMs: number }
    | undefined;
  readonly isForgetting: boolean;
  /** Since when the known-good network is out of reach. */
  readonly lostAtMs: number | undefined;
  /** The hotspot was opened although there is a known-good network. */
  readonly isRecovering: boolean;
  /** When to try the known-good network ourselves; otherwise the radio looks for it by itself. */
  readonly knownAtMs: number | undefined;
}

/** The phone that asked for it gets its answer, and its owner reads where to go, before the hotspot is gone. */
export const JOIN_GRACE_MS = 1_500;
export const ANNOUNCE_MS = 4_000;
/** Down, a scan of both bands, up again. */
export const AWAY_MS = 12_000;
/** Between two tries of a hotspot, a disk or a radio that failed. */
export const RETRY_MS = 10_000;
/** A router that lost its power too takes two minutes and more to come back. */
export const RECOVER_AFTER_MS = 180_000;
/** In recovery the known-good network is tried this often, and never while its owner reads the page. */
export const KNOWN_EVERY_MS = 300_000;
export const OWNER_HOLD_MS = 180_000;
/** However quiet it is, the devices are looked at this often: a hotspot that has silently died says nothing. */
export const LOOK_EVERY_MS = 60_000;

/** The setup of a machine that has just been started. */
export function startSetup(disk: NetworkSlice): Setup {
  const { failed } = disk;
  return {
    isClaimed: false,
    isSettled: false,
    disk,
    retryAtMs: {},
    sight: undefined,
    isSightStale: true,
    lookAtMs: 0,
    heard: [],
    heardAtMs: undefined,
    hasListened: false,
    trial: undefined,
    nextTrial: undefined,
    join: failed === null ? { kind: 'idle' } : failedState(failed.ssid_hex, failed.reason, failed.at),
    refresh: undefined,
    isForgetting: false,
    lostAtMs: undefined,
    isRecovering: false,
    knownAtMs: undefined,
  };
}

/** Whether the try a record tells of was proven: a profile is kept only after that, so only the last write is lacking. */
export function isProven({ trial }: NetworkSlice, { profiles }: Sight): boolean {
  return trial !== null && profiles.some(({ id, isKept }) => id === trial.profile_id && isKept);
}

/** A failure as a page shows it. */
export function failedState(ssidHex: string, reason: JoinFailure, at: string): JoinState {
  return { kind: 'failed', ssid: printableSsid(ssidFromHex(ssidHex)), reason, at };
}
