import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Security } from '../types.ts';
import { onSignal, startEvidence } from './judge.ts';
import type { Signal } from './types.ts';

/** `device 40 0`, `supplicant scanning`, `auth 1`, `eap completion|failure`, `scan-done`, `manager`. */
function toSignal(line: string): Signal {
  const [kind = '', first = '', second = ''] = line.split(' ');
  if (line.startsWith('eap ')) {
    const [status = '', parameter = ''] = line.slice(4).split('|');
    return { kind: 'eap', status, parameter };
  }
  switch (kind) {
    case 'device':
      return { kind, path: '/3', state: Number(first), reason: Number(second) };
    case 'supplicant':
      return { kind, state: first };
    case 'auth':
    case 'assoc':
      return { kind, status: Number(first) };
    case 'scan-done':
    case 'manager':
      return { kind };
    default:
      throw new Error(`no signal: ${line}`);
  }
}
const judge = (security: Security, lines: readonly string[], deviceState = 30) =>
  lines.map(toSignal).reduce((e, signal) => onSignal(e, signal, security), startEvidence(deviceState));
const reason = (security: Security, lines: readonly string[], deviceState = 30) =>
  judge(security, lines, deviceState).verdict?.reason;

interface Recorded {
  readonly joins: readonly {
    readonly name: string;
    readonly security: Security;
    readonly outcome: string;
    readonly signals: readonly string[];
  }[];
}
const recorded: Recorded = JSON.parse(
  readFileSync(new URL('./fixtures/signals-nm-1.52.1.json', import.meta.url), 'utf8'),
);

describe('recorded joins', () => {
  it.each(recorded.joins)('$name ended as $outcome', ({ security, outcome, signals }) => {
    const { verdict, isLetIn } = judge(security, signals);
    if (outcome === 'linked') expect({ verdict, isLetIn }).toEqual({ verdict: undefined, isLetIn: true });
    else expect(verdict?.reason).toBe(outcome);
  });

  it('are judged long before NetworkManager gives up, where it would call a wrong password something else', () => {
    const sae = recorded.joins.find(({ name }) => name === 'orchard-wrong');
    expect(sae?.signals.join()).not.toContain('device 120 53');
  });
});

const BEGUN = ['device 40 0', 'device 50 0'];
const TRIED = [...BEGUN, 'supplicant authenticating', 'auth 0', 'supplicant associating'];
const LET_IN = [...TRIED, 'supplicant 4way_handshake', 'supplicant completed', 'device 70 0'];

describe('a join', () => {
  it.each<[string, Security, readonly string[], string | undefined]>([
    ['that lacks the password', 'wpa2', [...BEGUN, 'device 120 7'], 'wrong-password'],
    ['that is asked for another password', 'wpa2', [...TRIED, 'device 60 8'], 'wrong-password'],
    [
      'that stops in the handshake',
      'wpa2',
      [...TRIED, 'supplicant 4way_handshake', 'device 120 9'],
      'wrong-password',
    ],
    [
      'whose handshake fails with SAE',
      'wpa3',
      [...TRIED, 'supplicant 4way_handshake', 'supplicant disconnected'],
      undefined,
    ],
    [
      'whose handshake fails in an enterprise',
      'enterprise',
      [...TRIED, 'supplicant 4way_handshake', 'supplicant scanning'],
      'refused',
    ],
    ['refused by the book', 'wpa3', [...TRIED, 'auth 15'], 'wrong-password'],
    [
      'refused before it was heard',
      'wpa3',
      [...BEGUN, 'supplicant authenticating', 'auth 1', 'supplicant authenticating', 'auth 1'],
      'refused',
    ],
    [
      'asked for a token first',
      'wpa3',
      [...BEGUN, 'supplicant authenticating', 'auth 76', 'auth 126', 'auth 77', 'auth 127'],
      undefined,
    ],
    [
      'answered by silence',
      'wpa3',
      [...BEGUN, 'supplicant authenticating', 'supplicant scanning', 'device 120 53'],
      'wrong-password',
    ],
    ['answered by silence without SAE', 'wpa2', [...TRIED, 'device 120 53'], 'refused'],
    [
      'of a driver that authenticates by itself',
      'wpa2',
      [...BEGUN, 'supplicant associating', 'device 120 53'],
      'refused',
    ],
    ['not associated', 'wpa2', [...TRIED, 'assoc 17', 'assoc 17'], 'refused'],
    ['associated', 'wpa2', [...TRIED, 'assoc 0', 'assoc 0'], undefined],
    ['of something that is not there', 'open', [...BEGUN, 'device 120 53'], 'not-found'],
    ['not heard in three scans', 'open', [...BEGUN, 'scan-done', 'scan-done', 'scan-done'], 'not-found'],
    ['heard and then scanned for', 'wpa2', [...TRIED, 'scan-done', 'scan-done', 'scan-done'], undefined],
    ['of an enterprise that is not there', 'enterprise', [...BEGUN, 'device 120 53'], 'not-found'],
    ['of an enterprise that wants other words', 'enterprise', [...BEGUN, 'device 120 7'], 'refused'],
    ['of an enterprise that lets nobody in', 'enterprise', [...TRIED, 'device 120 11'], 'refused'],
    [
      'of an enterprise that says yes',
      'enterprise',
      [...TRIED, 'eap completion|success', 'eap started|'],
      undefined,
    ],
    ['without an address', 'wpa2', [...LET_IN, 'device 120 5'], 'no-address'],
    ['whose address was taken back', 'open', [...BEGUN, 'device 120 17'], 'no-address'],
    ['thrown out again', 'wpa2', [...LET_IN, 'device 60 8'], 'refused'],
    ['of an open network that refuses', 'open', [...TRIED, 'device 120 11'], 'refused'],
    ['ended by hand', 'wpa2', [...TRIED, 'device 30 39'], 'refused'],
    ['when NetworkManager goes away', 'wpa2', [...TRIED, 'manager'], 'refused'],
    ['that goes on', 'wpa2', [...LET_IN, 'device 80 0', 'device 100 0', 'device 110 0'], undefined],
  ])('%s (%s)', (_what, security, lines, expected) => {
    expect(reason(security, lines)).toBe(expected);
  });

  it('keeps its first verdict', () => {
    expect(reason('wpa2', [...BEGUN, 'device 120 7', 'device 120 53', 'manager'])).toBe('wrong-password');
  });

  it('is not judged by what another connection does before it', () => {
    const others = [
      'device 70 0',
      'device 120 5',
      'supplicant authenticating',
      'auth 1',
      'auth 1',
      'assoc 1',
      'assoc 1',
    ];
    const eap = [
      'eap completion|failure',
      'scan-done',
      'scan-done',
      'scan-done',
      'supplicant 4way_handshake',
    ];
    expect(reason('wpa2', [...others, ...eap], 50)).toBeUndefined();
    const handedOver = [...others, 'device 110 60', 'device 30 60', 'device 30 0', ...BEGUN, 'device 120 53'];
    expect(reason('wpa2', handedOver, 100)).toBe('not-found');
    expect(reason('wpa2', ['device 30 0', 'device 20 0', ...eap])).toBeUndefined();
  });
});
