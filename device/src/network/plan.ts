/**
 * The next thing to do about the network, decided from what is known. Pure, and one step at a time: a power cut
 * between any two steps finds a record from which the same decisions lead on.
 */
import { overlaps, ssidToHex } from './parse.ts';
import { isProven, RECOVER_AFTER_MS, type Setup, type Trial } from './setup.ts';
import type { Step } from './step.ts';
import type { NetworkSlice, Sight } from './types.ts';

/** @param nowMs  monotonic */
export function planStep(setup: Setup, nowMs: number): Step {
  const { sight } = setup;
  const mayTry = (step: Step) => nowMs >= (setup.retryAtMs[step.kind] ?? 0);
  const isLookDue = setup.isSightStale || nowMs >= setup.lookAtMs;
  if (sight === undefined || (isLookDue && mayTry({ kind: 'look' }))) return { kind: 'look' };
  const steps = [
    planDisk(setup, sight, nowMs),
    setup.trial === undefined ? planFalseLink(setup, sight) : planTrial(setup.trial, nowMs),
    planRefresh(setup, sight, nowMs),
    planHotspot(setup, sight, nowMs),
    planKnown(setup, sight, nowMs),
    setup.trial === undefined ? planLeftovers(setup, sight) : undefined,
  ];
  return (
    steps.find((step) => step !== undefined && mayTry(step)) ?? {
      kind: 'rest',
      untilMs: nextMoment(setup, nowMs),
    }
  );
}

/** Writes that are due: what a power cut left open, what a try came to, what the owner wants forgotten. */
function planDisk({ disk, trial, ...setup }: Setup, sight: Sight, nowMs: number): Step | undefined {
  const record = (slice: NetworkSlice): Step => ({ kind: 'record', slice });
  if (setup.isForgetting) return record({ intent: null, trial: null, failed: null });
  if (trial === undefined) {
    if (disk.trial === null) return undefined;
    if (isProven(disk, sight))
      return record({ intent: { ...disk.trial, lan: sight.wifi?.lan ?? null }, trial: null, failed: null });
    const { ssid_hex } = disk.trial;
    const { join } = setup;
    const failed = join.kind === 'failed' ? { ssid_hex, reason: join.reason, at: join.at } : null;
    return record({ ...disk, trial: null, failed });
  }
  const { profile, stage } = trial;
  const chosen = { ssid_hex: ssidToHex(profile.ssid), hidden: profile.hidden, profile_id: profile.id };
  switch (stage.kind) {
    case 'waiting':
      return nowMs < stage.startsAtMs ? undefined : record({ ...disk, trial: chosen, failed: null });
    case 'kept':
      return record({ intent: { ...chosen, lan: stage.link.lan }, trial: null, failed: null });
    case 'failed': {
      const { reason, at } = stage;
      return record({ ...disk, trial: null, failed: { ssid_hex: chosen.ssid_hex, reason, at } });
    }
    default:
      return undefined;
  }
}

/** A link that was tried and is not to be used, such as one behind a login page. */
function planFalseLink(setup: Setup, { wifi, profiles }: Sight): Step | undefined {
  const isFalse = wifi !== undefined && leftovers(setup, profiles).includes(wifi.id);
  return isFalse ? { kind: 'forget', ids: [wifi.id] } : undefined;
}

/** Profiles that nothing refers to any more: an older network, a try that failed or was cut short. */
function planLeftovers(setup: Setup, { profiles }: Sight): Step | undefined {
  const ids = leftovers(setup, profiles);
  return ids.length === 0 ? undefined : { kind: 'forget', ids };
}
function leftovers({ disk }: Setup, profiles: Sight['profiles']): readonly string[] {
  const wanted = [disk.intent?.profile_id, disk.trial?.profile_id];
  return profiles.map(({ id }) => id).filter((id) => !wanted.includes(id));
}

function planTrial({ profile, stage }: Trial, nowMs: number): Step | undefined {
  switch (stage.kind) {
    case 'waiting':
      return nowMs < stage.startsAtMs ? { kind: 'rest', untilMs: stage.startsAtMs } : undefined;
    case 'recorded':
      return { kind: 'connect', profile };
    case 'linked':
      return { kind: 'probe' };
    case 'proven':
      return { kind: 'keep', id: profile.id };
    // Only a record is lacking: a full disk holds up neither the network nor the way back.
    case 'kept':
    case 'failed':
      return undefined;
  }
}

function planRefresh({ refresh }: Setup, { radio }: Sight, nowMs: number): Step | undefined {
  if (refresh === undefined) return undefined;
  if (refresh.kind === 'announced' && nowMs < refresh.startsAtMs)
    return { kind: 'rest', untilMs: refresh.startsAtMs };
  return radio === 'ready' ? { kind: 'listen' } : undefined;
}

function planHotspot(setup: Setup, sight: Sight, nowMs: number): Step | undefined {
  const isWanted = wantsHotspot(setup, nowMs);
  if (sight.radio !== 'ready') return undefined;
  if (!isWanted) return sight.hotspot === undefined ? undefined : { kind: 'close-hotspot' };
  const wired = sight.wired?.lan ?? null;
  const isClash = sight.hotspot !== undefined && wired !== null && overlaps(wired, sight.hotspot);
  if (sight.hotspot !== undefined && !isClash) return undefined;
  // A radio that is a hotspot hears little: the list is made first.
  if (!setup.hasListened) return { kind: 'listen' };
  return { kind: 'open-hotspot', subnet: pickSubnet([wired, setup.disk.intent?.lan ?? null]) };
}

function planKnown(setup: Setup, sight: Sight, nowMs: number): Step | undefined {
  const { knownAtMs } = setup;
  const id = setup.disk.intent?.profile_id;
  if (id === undefined || knownAtMs === undefined || nowMs < knownAtMs) return undefined;
  return sight.wifi === undefined && sight.radio === 'ready' ? { kind: 'reconnect', id } : undefined;
}

/** Whether the machine's own network is to be open: the way in for its owner when there is no other. */
export function wantsHotspot(setup: Setup, nowMs: number): boolean {
  const { sight, disk } = setup;
  if (sight === undefined || sight.radio === 'missing' || sight.wifi !== undefined) return false;
  if (isTrying(setup.trial)) return false;
  if (!setup.isClaimed) return true;
  // Through the wizard the phone stays where it is, cable or not.
  if (setup.isSettled && sight.wired !== undefined) return false;
  if (disk.intent === null) return true;
  if (isKnownDue(setup, nowMs)) return false;
  return setup.isRecovering || isLost(setup, nowMs);
}

/** From the first act of a join to its end the radio belongs to it. */
function isTrying(trial: Trial | undefined): boolean {
  return trial !== undefined && trial.stage.kind !== 'waiting' && trial.stage.kind !== 'failed';
}
function isKnownDue({ knownAtMs }: Setup, nowMs: number): boolean {
  return knownAtMs !== undefined && nowMs >= knownAtMs;
}
function isLost({ lostAtMs }: Setup, nowMs: number): boolean {
  return lostAtMs !== undefined && nowMs - lostAtMs >= RECOVER_AFTER_MS;
}

/** When there may be something to do though nothing happens. */
function nextMoment(setup: Setup, nowMs: number): number {
  const moments = [
    setup.lookAtMs,
    ...Object.values(setup.retryAtMs),
    setup.knownAtMs ?? 0,
    (setup.lostAtMs ?? Number.NEGATIVE_INFINITY) + RECOVER_AFTER_MS,
  ];
  return Math.min(...moments.filter((moment) => moment > nowMs));
}

/** Where the setup network may live, best first; unusual ones, for phones mistrust common ranges. */
export const HOTSPOT_SUBNETS = [
  '10.42.0.0/24',
  '10.83.142.0/24',
  '172.29.42.0/24',
  '192.168.242.0/24',
] as const;

/** The first of our subnets that meets none of `taken`. */
export function pickSubnet(taken: readonly (string | null)[]): string {
  const isFree = (subnet: string) => taken.every((lan) => lan === null || !overlaps(lan, subnet));
  return HOTSPOT_SUBNETS.find(isFree) ?? HOTSPOT_SUBNETS[0];
}
