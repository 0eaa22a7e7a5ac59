/**
 * One join from asking to its end: (state, event) → state. Pure.
 * Separate because late news of an abandoned join must never overwrite the state of the one that replaced it.
 */
import type { JoinState } from '@b3iq/wire/local-api';
import type { JoinOutcome, JoinPhase } from './types.ts';

export interface JoinRecord {
  /** Counts joins; news of any other is old. */
  readonly serial: number;
  readonly state: JoinState;
}

export const noJoin: JoinRecord = { serial: 0, state: { kind: 'idle' } };

export type JoinEvent =
  | { readonly kind: 'asked'; readonly ssid: string }
  | { readonly kind: 'phase'; readonly serial: number; readonly phase: JoinPhase }
  | { readonly kind: 'ended'; readonly serial: number; readonly outcome: JoinOutcome }
  | { readonly kind: 'timed-out'; readonly serial: number };

/** The record after `event`; the same one when the event has nothing to say. A new request replaces a running join. */
export function onJoinEvent(record: JoinRecord, event: JoinEvent): JoinRecord {
  if (event.kind === 'asked')
    return {
      serial: record.serial + 1,
      state: { kind: 'joining', ssid: event.ssid, phase: 'associating' },
    };
  const { state } = record;
  if (event.serial !== record.serial || state.kind !== 'joining') return record;
  const { ssid } = state;
  switch (event.kind) {
    case 'phase':
      return { ...record, state: { kind: 'joining', ssid, phase: event.phase } };
    case 'ended':
      return { ...record, state: { ...event.outcome, ssid } };
    case 'timed-out':
      return { ...record, state: { kind: 'failed', ssid, reason: reasonByPhase[state.phase] } };
  }
}

/** What running out of time means, by how far the join had come. */
const reasonByPhase = { associating: 'refused', address: 'no-address', internet: 'no-internet' } as const;
