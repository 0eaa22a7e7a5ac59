/**
 * A simulated radio: a street with kind and hostile networks, and joins that take the phases a real one takes.
 * For development and tests; it says of itself that it is simulated.
 */

import { ssidToHex } from './parse.ts';
import type { Radio } from './port.ts';
import { type HeardNetwork, JOIN_PHASES, type JoinOutcome, type JoinPhase } from './types.ts';

/** A network of the street and what happens to those who join it. */
export interface FakeNetwork extends HeardNetwork {
  /** `undefined` for an open network. */
  readonly password?: string;
  /** The end of a join with the right password. */
  readonly outcome: JoinOutcome;
  /** The phase in which it ends; an outcome `joined` runs through all. */
  readonly endsIn: JoinPhase;
  readonly hidden?: boolean;
}

const text = (name: string) => new TextEncoder().encode(name);
const good: JoinOutcome = { kind: 'joined', address: '192.168.20.31', internet: true };
const home = { security: 'wpa2', password: 'correct horse', outcome: good, endsIn: 'internet' } as const;
const failing = (reason: Extract<JoinOutcome, { kind: 'failed' }>['reason']): JoinOutcome => ({
  kind: 'failed',
  reason,
});

/** The password of every protected network is `correct horse`. */
export const FAKE_STREET: readonly FakeNetwork[] = [
  { ...home, ssid: text('Maple'), signalPercent: 88 },
  { ...home, ssid: text('Maple'), signalPercent: 41 },
  { ...home, ssid: text('Orchard 5G'), signalPercent: 72, security: 'wpa3' },
  { ...home, ssid: text('No internet today'), signalPercent: 66, outcome: { ...good, internet: false } },
  { ...home, ssid: text('Full house'), signalPercent: 58, outcome: failing('no-address'), endsIn: 'address' },
  {
    ssid: text('Café Gratis'),
    signalPercent: 52,
    security: 'open',
    outcome: failing('captive-portal'),
    endsIn: 'internet',
  },
  {
    ...home,
    ssid: text('Office'),
    signalPercent: 47,
    security: 'enterprise',
    outcome: failing('refused'),
    endsIn: 'associating',
  },
  { ...home, ssid: text('Attic'), signalPercent: 35, hidden: true },
  // Hostile names: markup, a name that reads backwards, emoji, bytes that are no text, a full 32 bytes, line breaks.
  { ...home, ssid: text('<img src=x onerror=alert(1)>'), signalPercent: 33 },
  { ...home, ssid: text('\u202egnp.elpaM'), signalPercent: 31 },
  { ...home, ssid: text('🏠🌳👩‍👩‍👧'), signalPercent: 29 },
  { ...home, ssid: Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x00, 0x41), signalPercent: 23 },
  { ...home, ssid: text('a very long name of 32 bytes 1234'.slice(0, 32)), signalPercent: 19 },
  { ...home, ssid: text('two\r\nlines\u001b[31m'), signalPercent: 12 },
];

export interface FakeRadioOptions {
  readonly street?: readonly FakeNetwork[];
  /** How long each phase takes; 0 in tests, about 700 for somebody watching. */
  readonly phaseMs?: number;
  /** Every use fails, as with an adapter that was pulled out. */
  readonly broken?: boolean;
}

/** A radio over `street`. */
export function fakeRadio({
  street = FAKE_STREET,
  phaseMs = 0,
  broken = false,
}: FakeRadioOptions = {}): Radio {
  const settle = (signal: AbortSignal) => pause(phaseMs, signal);
  return {
    simulated: true,
    async scan(signal) {
      await settle(signal);
      if (broken) throw new Error('no such device');
      return street.filter((network) => network.hidden !== true);
    },
    async join({ ssid, password, hidden }, onPhase, signal) {
      if (broken) throw new Error('no such device');
      const hex = ssidToHex(ssid);
      const found = street.find((n) => ssidToHex(n.ssid) === hex && (hidden || n.hidden !== true));
      for (const phase of JOIN_PHASES) {
        onPhase(phase);
        await settle(signal);
        if (found === undefined) return failing('not-found');
        if (found.password !== password) return failing('wrong-password');
        if (found.outcome.kind === 'failed' && found.endsIn === phase) return found.outcome;
      }
      return found?.outcome ?? failing('not-found');
    },
  };
}

/** Resolves after `ms`; rejects with the signal's reason when that comes first. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
