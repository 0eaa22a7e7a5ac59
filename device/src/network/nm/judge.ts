/**
 * Signals of a join to what became of it: wrong password, not found, refused, no address, or in. Pure.
 * NetworkManager calls a wrong WPA3 password "network not found" after 25 s, and every text it prints is for people:
 * so its numbers and the supplicant's decide together, as soon as they can.
 */
import type { JoinFailure } from '@b3iq/wire/local-api';
import type { Security } from '../types.ts';
import type { Signal } from './types.ts';

/** What the signals have shown so far. */
export interface Evidence {
  /** Another connection holds the device: what is said before it lets go is not about ours. */
  readonly isOthers: boolean;
  /** Our own activation has begun. */
  readonly hasBegun: boolean;
  /** Scans that ended before anything was tried. */
  readonly idleScans: number;
  /** Times the access point was asked to let us in. */
  readonly tries: number;
  /** In the present try the access point has answered a first message and gone on. */
  readonly wasHeard: boolean;
  /** The password is being compared. */
  readonly inHandshake: boolean;
  readonly refusals: number;
  readonly isLetIn: boolean;
  readonly verdict: Verdict | undefined;
}
export interface Verdict {
  readonly kind: 'failed';
  readonly reason: JoinFailure;
}

/** @param deviceState  NMDeviceState just before the activation was asked for */
export function startEvidence(deviceState: number): Evidence {
  return {
    isOthers: deviceState >= PREPARE,
    hasBegun: false,
    idleScans: 0,
    tries: 0,
    wasHeard: false,
    inHandshake: false,
    refusals: 0,
    isLetIn: false,
    verdict: undefined,
  };
}

/** NMDeviceState. */
const PREPARE = 40;
const NEED_AUTH = 60;
const IP_CONFIG = 70;
const DEACTIVATING = 110;
/** NMDeviceStateReason. */
const NO_ADDRESS = new Set([5, 6, 15, 16, 17]);
const NO_SECRETS = 7;
const SSID_NOT_FOUND = 53;
const NEW_ACTIVATION = 60;

/** States that a handshake falls back to. */
const HANDSHAKE_FAILED = new Set(['disconnected', 'inactive', 'scanning']);

/** Whole scans without a trace of it: it is not here. A beacon can be missed once, and one scan may have begun before. */
const SCANS_ENOUGH = 3;
/** An access point that is full or does not know our address says so each time. */
const REFUSALS_ENOUGH = 2;
/** IEEE 802.11 status codes by which an access point says that the SAE confirm does not match: 1 in practice, 15 by the book. */
const SAE_MISMATCH = new Set([1, 15]);
/** Part of an SAE conversation that goes on: token asked, group or method turned down. @see IEEE 802.11 table 9-50 */
const SAE_GOES_ON = new Set([76, 77, 126, 127]);

const failed = (reason: JoinFailure): Verdict => ({ kind: 'failed', reason });
const speaksSae = (security: Security) => security === 'wpa3' || security === 'wpa2-wpa3';

/** The evidence after `signal`; the first verdict stays. Only failures are judged: that it is up, the tool itself says. */
export function onSignal(evidence: Evidence, signal: Signal, security: Security): Evidence {
  if (evidence.verdict !== undefined) return evidence;
  switch (signal.kind) {
    case 'device':
      return onDevice(evidence, signal.state, signal.reason, security);
    case 'supplicant':
      return evidence.hasBegun ? onSupplicant(evidence, signal.state, security) : evidence;
    case 'auth':
      return evidence.hasBegun ? onAuth(evidence, signal.status, security) : evidence;
    case 'assoc':
      return signal.status === 0 || !evidence.hasBegun ? evidence : refuse(evidence);
    case 'eap':
      // The network's own server has looked at name and password.
      return evidence.hasBegun && signal.status === 'completion' && signal.parameter === 'failure'
        ? { ...evidence, verdict: failed('refused') }
        : evidence;
    case 'scan-done': {
      if (!evidence.hasBegun || evidence.tries > 0) return evidence;
      const idleScans = evidence.idleScans + 1;
      return { ...evidence, idleScans, verdict: idleScans < SCANS_ENOUGH ? undefined : failed('not-found') };
    }
    case 'manager':
      return { ...evidence, verdict: failed('refused') };
  }
}

function onDevice(evidence: Evidence, state: number, reason: number, security: Security): Evidence {
  // The device lets go of whatever it was doing, for us.
  if (reason === NEW_ACTIVATION) return startEvidence(0);
  if (evidence.isOthers || state === DEACTIVATING) return evidence;
  if (state >= PREPARE && state < DEACTIVATING) {
    const seen = { ...evidence, hasBegun: true };
    // It comes back for another password, and the tool would hand it the same one for ever.
    if (state === NEED_AUTH && reason !== 0)
      return { ...seen, verdict: failed(seen.isLetIn ? 'refused' : reasonOf(seen, NO_SECRETS, security)) };
    return { ...seen, isLetIn: seen.isLetIn || state >= IP_CONFIG };
  }
  // A device is also disconnected before it begins.
  if (!evidence.hasBegun) return evidence;
  return { ...evidence, verdict: failed(reasonOf(evidence, reason, security)) };
}

function reasonOf(evidence: Evidence, reason: number, security: Security): JoinFailure {
  if (evidence.isLetIn || NO_ADDRESS.has(reason)) return 'no-address';
  if (security === 'enterprise') return evidence.tries > 0 || reason === NO_SECRETS ? 'refused' : 'not-found';
  const hasPassword = security !== 'open' && security !== 'owe';
  if (hasPassword && (reason === NO_SECRETS || evidence.inHandshake)) return 'wrong-password';
  // An access point that answers SAE with silence: it was there, it was asked, and it did not agree.
  if (reason === SSID_NOT_FOUND && evidence.tries === 0) return 'not-found';
  return speaksSae(security) && evidence.refusals === 0 ? 'wrong-password' : 'refused';
}

function onSupplicant(evidence: Evidence, state: string, security: Security): Evidence {
  // Both ends compare keys made of the password, here alone; with SAE that was done before.
  if (evidence.inHandshake && security !== 'wpa3' && HANDSHAKE_FAILED.has(state))
    return { ...evidence, verdict: failed(security === 'enterprise' ? 'refused' : 'wrong-password') };
  switch (state) {
    case 'authenticating':
      return { ...evidence, tries: evidence.tries + 1, wasHeard: false, inHandshake: false };
    // Drivers that authenticate by themselves begin here.
    case 'associating':
      return { ...evidence, tries: Math.max(1, evidence.tries) };
    case '4way_handshake':
      return { ...evidence, inHandshake: true };
    case 'completed':
      return { ...evidence, inHandshake: false, isLetIn: true };
    default:
      return evidence;
  }
}

function onAuth(evidence: Evidence, status: number, security: Security): Evidence {
  if (status === 0) return { ...evidence, wasHeard: true };
  if (SAE_GOES_ON.has(status)) return evidence;
  // It has taken the first half of the conversation and turned the second down: only the password differs.
  if (speaksSae(security) && evidence.wasHeard && SAE_MISMATCH.has(status))
    return { ...evidence, verdict: failed('wrong-password') };
  return refuse(evidence);
}

function refuse(evidence: Evidence): Evidence {
  const refusals = evidence.refusals + 1;
  return { ...evidence, refusals, verdict: refusals < REFUSALS_ENOUGH ? undefined : failed('refused') };
}
