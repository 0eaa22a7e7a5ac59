/**
 * Setup mode and joining: (setup, event, moment) → setup. Pure.
 * What is done about it stands in `plan.ts`: this file only remembers what was asked, seen and done.
 */
import type { JoinFailure, JoinState } from '@b3iq/wire/local-api';
import { printableSsid, ssidToHex } from './parse.ts';
import {
  ANNOUNCE_MS,
  AWAY_MS,
  failedState,
  isProven,
  JOIN_GRACE_MS,
  KNOWN_EVERY_MS,
  LOOK_EVERY_MS,
  type Moment,
  OWNER_HOLD_MS,
  RETRY_MS,
  type Setup,
  type Stage,
  type Trial,
} from './setup.ts';
import type { Step } from './step.ts';
import type { HeardNetwork, Internet, LinkOutcome, NetworkSlice, Profile, Sight } from './types.ts';

export type SetupEvent =
  | { readonly kind: 'owner'; readonly isClaimed: boolean; readonly isSettled: boolean }
  | { readonly kind: 'owner-seen' }
  | { readonly kind: 'join-asked'; readonly profile: Profile }
  | { readonly kind: 'join-refused'; readonly profile: Profile; readonly reason: JoinFailure }
  | { readonly kind: 'scan-asked' }
  | { readonly kind: 'forget-asked' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'begun'; readonly step: Step }
  | { readonly kind: 'looked'; readonly sight: Sight }
  | { readonly kind: 'heard'; readonly networks: readonly HeardNetwork[] }
  | { readonly kind: 'recorded'; readonly slice: NetworkSlice }
  | { readonly kind: 'address-sought' }
  | { readonly kind: 'connected'; readonly outcome: LinkOutcome }
  | { readonly kind: 'probed'; readonly internet: Internet }
  | { readonly kind: 'kept' }
  | { readonly kind: 'hotspot-opened' }
  | { readonly kind: 'reconnected'; readonly outcome: LinkOutcome }
  /** The other steps, once they are through. */
  | { readonly kind: 'done' }
  /** The step could not be done at all: a radio that does not answer, a disk that is full. */
  | { readonly kind: 'broken'; readonly step: Step };

/** The setup after `event`. */
export function onSetupEvent(setup: Setup, event: SetupEvent, now: Moment): Setup {
  switch (event.kind) {
    case 'owner':
      return { ...setup, isClaimed: event.isClaimed, isSettled: event.isSettled };
    case 'owner-seen':
      return setup.knownAtMs === undefined || setup.knownAtMs >= now.ms + OWNER_HOLD_MS
        ? setup
        : { ...setup, knownAtMs: now.ms + OWNER_HOLD_MS };
    case 'join-asked':
      return ask(setup, event.profile, now);
    case 'join-refused':
      return { ...begin(setup, event.profile, now), ...fail(event.profile, event.reason, now) };
    case 'scan-asked':
      if (setup.trial !== undefined || setup.refresh !== undefined) return setup;
      return { ...setup, refresh: announce(setup, now) };
    case 'forget-asked':
      return {
        ...setup,
        isForgetting: true,
        trial: undefined,
        nextTrial: undefined,
        join: { kind: 'idle' },
      };
    case 'changed':
      return { ...setup, isSightStale: true };
    case 'begun':
      return begun(setup, event.step, now);
    case 'looked':
      return look(setup, event.sight, now);
    case 'heard': {
      const { networks } = event;
      return { ...stale(setup), heard: networks, heardAtMs: now.ms, hasListened: true, refresh: undefined };
    }
    case 'recorded':
      return recorded(setup, event.slice);
    case 'hotspot-opened':
      return {
        ...stale(setup),
        isRecovering: setup.disk.intent !== null,
        knownAtMs: setup.disk.intent === null ? undefined : now.ms + KNOWN_EVERY_MS,
      };
    case 'reconnected':
      return reconnected(stale(setup), event.outcome, now);
    case 'done':
      return stale(setup);
    case 'broken':
      return broken(stale(setup), event.step, now);
    default:
      return setup.trial === undefined ? setup : onTrial(setup, setup.trial, event, now);
  }
}

/** These take whatever is on the radio off it. */
function begun(setup: Setup, { kind }: Step, now: Moment): Setup {
  const { sight } = setup;
  if (sight === undefined) return setup;
  if (kind === 'listen') {
    const refresh = { kind: 'away', backAtMs: now.ms + AWAY_MS } as const;
    return { ...setup, refresh, sight: { ...sight, hotspot: undefined } };
  }
  if (kind !== 'connect' && kind !== 'reconnect') return setup;
  return { ...setup, sight: { ...sight, hotspot: undefined, wifi: undefined } };
}

type TrialEvent = Extract<SetupEvent, { kind: 'address-sought' | 'connected' | 'probed' | 'kept' }>;

function onTrial(setup: Setup, { profile, stage }: Trial, event: TrialEvent, now: Moment): Setup {
  const to = (next: Stage): Setup => ({ ...stale(setup), trial: { profile, stage: next } });
  switch (event.kind) {
    case 'address-sought':
      return stage.kind === 'recorded' ? { ...setup, join: joining(profile, 'address') } : setup;
    case 'connected':
      if (stage.kind !== 'recorded') return stale(setup);
      if (event.outcome.kind === 'failed')
        return { ...stale(setup), ...fail(profile, event.outcome.reason, now) };
      return { ...to({ kind: 'linked', link: event.outcome.link }), join: joining(profile, 'internet') };
    case 'probed':
      if (stage.kind !== 'linked') return setup;
      if (event.internet === 'portal') return { ...stale(setup), ...fail(profile, 'captive-portal', now) };
      return to({ kind: 'proven', link: stage.link, internet: event.internet === 'full' });
    case 'kept':
      return stage.kind === 'proven' ? to({ ...stage, kind: 'kept' }) : setup;
  }
}

/** A new request replaces one that has proven nothing yet, and waits for one that has. */
function ask(setup: Setup, profile: Profile, now: Moment): Setup {
  const stage = setup.trial?.stage.kind;
  if (stage === 'proven' || stage === 'kept') return { ...setup, nextTrial: profile };
  return begin(setup, profile, now);
}

function begin(setup: Setup, profile: Profile, now: Moment): Setup {
  return {
    ...setup,
    trial: { profile, stage: { kind: 'waiting', startsAtMs: now.ms + JOIN_GRACE_MS } },
    refresh: undefined,
    retryAtMs: {},
    join: joining(profile, 'associating'),
  };
}

function fail(profile: Profile, reason: JoinFailure, now: Moment): Pick<Setup, 'trial' | 'join'> {
  const { at } = now;
  return {
    trial: { profile, stage: { kind: 'failed', reason, at } },
    join: failedState(ssidToHex(profile.ssid), reason, at),
  };
}

function recorded(setup: Setup, disk: NetworkSlice): Setup {
  const on = { ...setup, disk, isForgetting: setup.isForgetting && disk.intent !== null };
  const { trial, nextTrial } = setup;
  if (trial === undefined) return on;
  const { profile, stage } = trial;
  const over = { ...on, trial: undefined, nextTrial: undefined };
  switch (stage.kind) {
    case 'waiting':
      return disk.trial?.profile_id === profile.id
        ? { ...on, trial: { profile, stage: { kind: 'recorded' } } }
        : on;
    case 'failed':
      // The known-good network is taken up again at once, unless its owner sits at the hotspot and tries again.
      return { ...over, knownAtMs: setup.isRecovering ? setup.knownAtMs : 0 };
    case 'kept': {
      const { address } = stage.link;
      const join: JoinState = { kind: 'joined', ssid: nameOf(profile), address, internet: stage.internet };
      const joined = { ...over, join, isRecovering: false, knownAtMs: undefined, lostAtMs: undefined };
      return nextTrial === undefined
        ? joined
        : {
            ...joined,
            trial: { profile: nextTrial, stage: { kind: 'waiting', startsAtMs: 0 } },
            join: joining(nextTrial, 'associating'),
          };
    }
    default:
      return on;
  }
}

function look(setup: Setup, sight: Sight, now: Moment): Setup {
  const refresh = sight.radio === 'ready' ? setup.refresh : undefined;
  const join = isCutShort(setup, sight)
    ? failedState(setup.disk.trial?.ssid_hex ?? '', 'interrupted', now.at)
    : setup.join;
  const seen = { ...setup, sight, isSightStale: false, lookAtMs: now.ms + LOOK_EVERY_MS, refresh, join };
  if (sight.wifi !== undefined)
    return { ...seen, lostAtMs: undefined, isRecovering: false, knownAtMs: undefined };
  return { ...seen, lostAtMs: setup.disk.intent === null ? undefined : (setup.lostAtMs ?? now.ms) };
}

/** A try that a restart has left open and that had not proven itself: it is over, and its owner is waiting to hear so. */
function isCutShort({ trial, disk, isForgetting, join }: Setup, sight: Sight): boolean {
  const isLeftOpen = trial === undefined && disk.trial !== null && !isForgetting;
  return isLeftOpen && join.kind !== 'failed' && !isProven(disk, sight);
}

function reconnected(setup: Setup, outcome: LinkOutcome, now: Moment): Setup {
  if (outcome.kind === 'linked') return { ...setup, knownAtMs: undefined };
  return { ...setup, knownAtMs: setup.isRecovering ? now.ms + KNOWN_EVERY_MS : undefined };
}

function broken(before: Setup, step: Step, now: Moment): Setup {
  const setup = { ...before, retryAtMs: { ...before.retryAtMs, [step.kind]: now.ms + RETRY_MS } };
  const { trial } = setup;
  switch (step.kind) {
    case 'look':
      return { ...setup, isSightStale: false, refresh: undefined, sight: setup.sight ?? blindSight };
    case 'listen':
      return { ...setup, hasListened: true, refresh: undefined };
    case 'record':
      // Nothing was changed yet: better not to begin what could not be remembered.
      return trial?.stage.kind === 'waiting' ? { ...setup, ...fail(trial.profile, 'refused', now) } : setup;
    case 'probe':
      // The network let us in and gave an address: what nobody could tell in time is said as no internet.
      return trial === undefined ? setup : onTrial(setup, trial, { kind: 'probed', internet: 'local' }, now);
    case 'connect':
    case 'keep':
      return trial?.stage.kind === needs[step.kind]
        ? { ...setup, ...fail(trial.profile, 'refused', now) }
        : setup; // another network was asked for meanwhile
    default:
      return setup;
  }
}

/** What is known of devices that cannot even be looked at. */
const blindSight: Sight = {
  radio: 'blocked',
  wifi: undefined,
  hotspot: undefined,
  wired: undefined,
  profiles: [],
};

/** The stage in which each step of a try is taken. */
const needs = { connect: 'recorded', keep: 'proven' } as const;

const stale = (setup: Setup): Setup => ({ ...setup, isSightStale: true });

function announce({ sight }: Setup, now: Moment): Setup['refresh'] {
  // Nobody loses a page when there is no hotspot to lose.
  const wait = sight?.hotspot === undefined ? 0 : ANNOUNCE_MS;
  return { kind: 'announced', startsAtMs: now.ms + wait };
}

const nameOf = (profile: Profile): string => printableSsid(profile.ssid);

function joining(profile: Profile, phase: 'associating' | 'address' | 'internet'): JoinState {
  return { kind: 'joining', ssid: nameOf(profile), phase };
}
