import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPossiblePassword, printableSsid, ssidFromHex, ssidToHex, toNetworkList } from './parse.ts';
import { noJoin, onJoinEvent } from './state.ts';

describe('a join', () => {
  const asked = onJoinEvent(noJoin, { kind: 'asked', ssid: 'Maple' });

  it('runs through its phases to its end', () => {
    expect(asked.state).toEqual({ kind: 'joining', ssid: 'Maple', phase: 'associating' });
    const address = onJoinEvent(asked, { kind: 'phase', serial: 1, phase: 'address' });
    expect(address.state).toMatchObject({ phase: 'address' });
    const outcome = { kind: 'joined', address: '10.0.0.2', internet: true } as const;
    const joined = onJoinEvent(address, { kind: 'ended', serial: 1, outcome });
    expect(joined.state).toEqual({ ...outcome, ssid: 'Maple' });
    expect(onJoinEvent(joined, { kind: 'phase', serial: 1, phase: 'address' })).toBe(joined);
  });

  it('ignores late news of the join it replaced', () => {
    const second = onJoinEvent(asked, { kind: 'asked', ssid: 'Orchard' });
    expect(onJoinEvent(second, { kind: 'timed-out', serial: 1 })).toBe(second);
    const outcome = { kind: 'failed', reason: 'wrong-password' } as const;
    expect(onJoinEvent(second, { kind: 'ended', serial: 1, outcome })).toBe(second);
    expect(onJoinEvent(second, { kind: 'ended', serial: 2, outcome }).state).toEqual({
      ...outcome,
      ssid: 'Orchard',
    });
  });

  it.each([
    ['associating', 'refused'],
    ['address', 'no-address'],
    ['internet', 'no-internet'],
  ] as const)('that runs out of time while %s ends as %s', (phase, reason) => {
    const at = onJoinEvent(asked, { kind: 'phase', serial: 1, phase });
    expect(onJoinEvent(at, { kind: 'timed-out', serial: 1 }).state).toMatchObject({ kind: 'failed', reason });
  });
});

describe('network names', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);

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

  it('may have passwords of 8 to 63 bytes or 64 hex digits', () => {
    expect(
      ['1234567', '12345678', 'x'.repeat(63), 'x'.repeat(64), 'a1'.repeat(32)].map(isPossiblePassword),
    ).toEqual([false, true, true, false, true]);
  });
});
