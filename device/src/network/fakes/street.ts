/** The simulated street: networks kind and hostile, and how a join of each ends. Data for `fake.ts`, tests and the page. */
import type { HeardNetwork, Internet, LinkOutcome } from '../types.ts';

/** A network of the street and what happens to those who join it with the right password. */
export interface FakeNetwork extends HeardNetwork {
  /** `undefined` for an open network. */
  readonly password?: string;
  /** Enterprise networks: who may sign in. */
  readonly identity?: string;
  readonly hidden?: boolean;
  /** Why it lets nobody in, or gives no address. */
  readonly fails?: Extract<LinkOutcome, { kind: 'failed' }>['reason'];
  readonly internet?: Internet;
  /** Its own subnet; `192.168.20.0/24` unless told. */
  readonly lan?: string;
}

const text = (name: string) => new TextEncoder().encode(name);
const home = { security: 'wpa2', password: 'correct horse' } as const;

/** The password of every protected network is `correct horse`. */
export const FAKE_STREET: readonly FakeNetwork[] = [
  { ...home, ssid: text('Maple'), signalPercent: 88 },
  { ...home, ssid: text('Maple'), signalPercent: 41 },
  { ...home, ssid: text('Orchard 5G'), signalPercent: 72, security: 'wpa3' },
  { ...home, ssid: text('Linden'), signalPercent: 70, security: 'wpa2-wpa3' },
  { ...home, ssid: text('No internet today'), signalPercent: 66, internet: 'local' },
  { ...home, ssid: text('Full house'), signalPercent: 58, fails: 'no-address' },
  { ...home, ssid: text('Closed club'), signalPercent: 55, fails: 'refused' },
  { ssid: text('Café Gratis'), signalPercent: 52, security: 'open', internet: 'portal' },
  { ssid: text('Library'), signalPercent: 49, security: 'owe' },
  { ...home, ssid: text('Office'), signalPercent: 47, security: 'enterprise', identity: 'ada' },
  { ...home, ssid: text('Ten forty-two'), signalPercent: 44, lan: '10.42.0.0/24' },
  { ssid: text('Old WEP'), signalPercent: 40, security: 'unsupported' },
  { ...home, ssid: text('Attic'), signalPercent: 35, hidden: true },
  // Hostile names: markup, a name that reads backwards, emoji, bytes that are no text, a full 32 bytes, line breaks.
  { ...home, ssid: text('<img src=x onerror=alert(1)>'), signalPercent: 33 },
  { ...home, ssid: text('\u202egnp.elpaM'), signalPercent: 31 },
  { ...home, ssid: text('🏠🌳👩‍👩‍👧'), signalPercent: 29 },
  { ...home, ssid: Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x41), signalPercent: 23 },
  { ...home, ssid: text('a very long name of 32 bytes 1234'.slice(0, 32)), signalPercent: 19 },
  { ...home, ssid: text('--help'), signalPercent: 14 },
  { ...home, ssid: text('two\r\nlines\u001b[31m'), signalPercent: 12 },
];
