import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isPossiblePassword,
  lanOf,
  overlaps,
  printableSsid,
  ssidFromHex,
  ssidToHex,
  toNetworkList,
  toProfile,
} from './parse.ts';
import type { HeardNetwork } from './types.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => ssidToHex(utf8(text));

describe('network names', () => {
  it('are shown without marks that hide or turn what is written', () => {
    expect(printableSsid(utf8('\u202egnp.elpaM'))).toBe('\ufffdgnp.elpaM');
    expect(printableSsid(utf8('a\r\nb\u001b[31m\u2028'))).toBe('a\ufffd\ufffdb\ufffd[31m\ufffd');
    expect(printableSsid(Uint8Array.of(0xff, 0x41))).toBe('\ufffdA');
    expect(printableSsid(utf8('Café 🏠'))).toBe('Café 🏠');
  });

  it('survive as bytes whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (ssid) => {
        expect(ssidFromHex(ssidToHex(ssid))).toEqual(ssid);
        expect(printableSsid(ssid)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  it('are listed once each, strongest first, without hidden ones and within a bound', () => {
    const maple = { ssid: utf8('Maple'), security: 'wpa2' } as const;
    const list = toNetworkList([
      { ...maple, signalPercent: 20 },
      { ...maple, signalPercent: 80.4 },
      { ...maple, signalPercent: 300, ssid: utf8('Loud') },
      { ...maple, signalPercent: Number.NaN, ssid: utf8('Odd') },
      { ...maple, signalPercent: 90, ssid: new Uint8Array(0) },
      { ...maple, signalPercent: 90, ssid: new Uint8Array(8) },
      { ...maple, signalPercent: 90, ssid: new Uint8Array(33).fill(65) },
    ]);
    expect(list.map((n) => [n.ssid, n.signal_percent])).toEqual([
      ['Loud', 100],
      ['Maple', 80],
      ['Odd', 0],
    ]);
    const flood = Array.from({ length: 500 }, (_, i) => ({
      ...maple,
      signalPercent: 5,
      ssid: utf8(`n${i}`),
    }));
    expect(toNetworkList(flood)).toHaveLength(64);
  });

  it('are told apart by what a person has to know, a password or none', () => {
    const kinds = ['open', 'owe', 'wpa2', 'wpa2-wpa3', 'wpa3', 'enterprise', 'unsupported'] as const;
    const heard = kinds.map((security, i) => ({ ssid: utf8(security), security, signalPercent: 90 - i }));
    expect(toNetworkList(heard).map(({ security }) => security)).toEqual([
      'open',
      'open',
      'wpa2',
      'wpa2',
      'wpa3',
      'enterprise',
      'unsupported',
    ]);
  });

  it('may have passwords of 8 to 63 bytes or 64 hex digits', () => {
    expect(
      ['1234567', '12345678', 'x'.repeat(63), 'x'.repeat(64), 'a1'.repeat(32)].map(isPossiblePassword),
    ).toEqual([false, true, true, false, true]);
  });
});

describe('a request to join', () => {
  const heard: readonly HeardNetwork[] = [
    { ssid: utf8('Maple'), signalPercent: 30, security: 'wpa2' },
    { ssid: utf8('Maple'), signalPercent: 80, security: 'wpa2-wpa3' },
    { ssid: utf8('Orchard'), signalPercent: 80, security: 'wpa3' },
    { ssid: utf8('Office'), signalPercent: 80, security: 'enterprise' },
    { ssid: utf8('Cafe'), signalPercent: 80, security: 'open' },
    { ssid: utf8('Library'), signalPercent: 80, security: 'owe' },
    { ssid: utf8('Old'), signalPercent: 80, security: 'unsupported' },
  ];
  const id = 'b2c9a8f0-6d1c-4f0a-9a53-0f3f0c1d2e3f';
  const ask = (name: string, more: object = {}) => toProfile({ ssid_hex: hex(name), ...more }, heard, id);

  it('takes its protection from the strongest network of that name', () => {
    const asked = ask('Maple', { password: 'correct horse' });
    expect(asked).toMatchObject({
      profile: { id, security: 'wpa2-wpa3', hidden: false, password: 'correct horse' },
    });
    expect(asked.refused).toBeUndefined();
    expect(ask('Library').profile.security).toBe('owe');
    expect(ask('Cafe', { password: '' }).profile).toMatchObject({ security: 'open', password: undefined });
  });

  it('says itself how a network that was not heard is protected, or its password does', () => {
    const hidden = { hidden: true, password: 'correct horse' };
    expect(ask('Attic', hidden).profile).toMatchObject({ security: 'wpa2-wpa3', hidden: true });
    expect(ask('Attic', { ...hidden, security: 'wpa3' }).profile.security).toBe('wpa3');
    expect(ask('Attic', { hidden: true }).profile.security).toBe('open');
    // The name is heard, but not with the protection that was asked for.
    expect(ask('Maple', { security: 'wpa3', password: 'x' }).profile.security).toBe('wpa3');
  });

  it('is refused before it is tried when it cannot succeed', () => {
    const office = { identity: 'ada', password: 'secret', eap: 'ttls', server_domain: 'radius.example' };
    expect(ask('Office', office)).toMatchObject({
      refused: undefined,
      profile: {
        enterprise: { identity: 'ada', eap: 'ttls', authority: undefined, serverDomain: 'radius.example' },
      },
    });
    expect(ask('Office', { identity: 'ada', password: 'x' }).profile.enterprise).toEqual({
      identity: 'ada',
      eap: 'peap',
      authority: undefined,
      serverDomain: undefined,
    });
    const cases = [
      ['Maple', { password: 'short' }, 'password-too-short'],
      ['Maple', {}, 'password-too-short'],
      ['Orchard', {}, 'password-too-short'],
      ['Orchard', { password: 'short' }, undefined],
      ['Old', { password: 'correct horse' }, 'refused'],
      ['a\0b', { password: 'correct horse' }, 'refused'],
      ['Cafe', {}, undefined],
    ] as const;
    for (const [name, more, refused] of cases)
      expect([name, ask(name, more).refused]).toEqual([name, refused]);
  });

  it.each([
    ['Maple', { password: 'x'.repeat(64) }],
    ['Orchard', { password: '€'.repeat(43) }],
    ['Office', { password: 'x' }],
    ['Office', { identity: 'ada' }],
  ])('is no request at all when %s cannot be asked like that: %j', (name, more) => {
    expect(() => ask(name, more)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('addresses', () => {
  it('tell their network', () => {
    expect(lanOf('192.168.20.31/24')).toBe('192.168.20.0/24');
    expect(lanOf('10.1.2.3/8')).toBe('10.0.0.0/8');
    expect(lanOf('172.16.255.255/31')).toBe('172.16.255.254/31');
    expect(lanOf('1.2.3.4/0')).toBe('0.0.0.0/0');
    for (const bad of ['fe80::1/64', '1.2.3/24', '256.1.1.1/24', '1.2.3.4/33', '1.2.3.4', '', 'x'])
      expect([bad, lanOf(bad)]).toEqual([bad, null]);
  });

  it('show whether two networks meet', () => {
    expect(overlaps('10.42.0.0/24', '10.0.0.0/8')).toBe(true);
    expect(overlaps('10.42.0.0/24', '10.42.0.128/25')).toBe(true);
    expect(overlaps('10.42.0.0/24', '10.42.1.0/24')).toBe(false);
    expect(overlaps('10.42.0.0/24', 'fe80::/64')).toBe(false);
    expect(overlaps('nonsense', '10.42.0.0/24')).toBe(false);
  });
});
