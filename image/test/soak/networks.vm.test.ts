/** Every kind of network a home or an office has, the right way and the wrong way; the sentence is the reason's. */
import type { JoinFailure } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { HOME, type Router, routerOff, routerOn } from '../support/air.ts';
import { ownedByCable } from '../support/owned.ts';
import { done, machines } from '../support/prepared.ts';
import { note } from '../support/record.ts';

machines('each test its own');

type Ask = Readonly<Record<string, unknown>>;
const GOOD: readonly (readonly [string, Router, string | undefined, Ask, boolean])[] = [
  ['WPA3 alone', { ssid: 'Only SAE', security: 'wpa3', password: 'sehr geheim' }, 'sehr geheim', {}, true],
  [
    'WPA2 and WPA3 mixed',
    { ssid: 'Both', security: 'mixed', password: 'sehr geheim' },
    'sehr geheim',
    {},
    true,
  ],
  ['no encryption', { ssid: 'Open', security: 'open' }, undefined, {}, true],
  [
    'a hidden name',
    { ssid: 'Hidden', security: 'wpa2', password: 'sehr geheim', hidden: true },
    'sehr geheim',
    { hidden: true, security: 'wpa2' },
    true,
  ],
  [
    'enterprise, PEAP',
    { ssid: 'Office', security: 'enterprise', password: 'sehr geheim' },
    'sehr geheim',
    { identity: 'ada', eap: 'peap', security: 'enterprise' },
    true,
  ],
  [
    'the subnet of our own hotspot',
    { ssid: 'Same subnet', security: 'wpa2', password: 'sehr geheim', subnet: '10.42.0' },
    'sehr geheim',
    {},
    true,
  ],
];
const BAD: readonly (readonly [JoinFailure, Router | undefined, string, string | undefined, Ask])[] = [
  [
    'wrong-password',
    { ssid: 'Only SAE', security: 'wpa3', password: 'sehr geheim' },
    'Only SAE',
    'sehr falsch',
    {},
  ],
  ['wrong-password', { ssid: 'Both', security: 'mixed', password: 'sehr geheim' }, 'Both', 'sehr falsch', {}],
  ['not-found', undefined, 'Nobody', 'sehr geheim', { hidden: true, security: 'wpa2' }],
  [
    'refused',
    { ssid: 'Office', security: 'enterprise', password: 'sehr geheim' },
    'Office',
    'sehr falsch',
    { identity: 'ada', eap: 'peap', security: 'enterprise' },
  ],
  [
    'no-address',
    { ssid: 'Mute', security: 'wpa2', password: 'sehr geheim', addresses: false },
    'Mute',
    'sehr geheim',
    {},
  ],
  [
    'captive-portal',
    { ssid: 'Café', security: 'wpa2', password: 'sehr geheim', internet: 'portal' },
    'Café',
    'sehr geheim',
    {},
  ],
  ['password-too-short', { ssid: 'Both', security: 'mixed', password: 'sehr geheim' }, 'Both', 'kurz', {}],
];

describe('a network that should be joined', () => {
  it.each(GOOD)('is: %s', async (what, router, password, ask, internet) => {
    const { guest, owner } = await ownedByCable();
    await routerOn(guest, router);
    await owner.api('/api/setup/networks/scan', {});
    await owner.untilHeard();
    await owner.join(router.ssid, password, ask);
    const ended = await owner.untilJoin(['joined', 'failed']);
    expect(ended, JSON.stringify(ended)).toMatchObject({ kind: 'joined', ssid: router.ssid, internet });
    await note('networks', { network: what, outcome: 'joined' });
    await done(guest);
  });

  it('is, with no internet behind it, and the page says so', async () => {
    const { guest, owner } = await ownedByCable();
    await routerOn(guest, { ssid: 'Island', security: 'wpa2', password: 'sehr geheim', internet: 'no' });
    await owner.api('/api/setup/networks/scan', {});
    await owner.untilHeard();
    await owner.join('Island', 'sehr geheim');
    expect(await owner.untilJoin(['joined', 'failed'])).toMatchObject({ kind: 'joined', internet: false });
    await note('networks', { network: 'no internet', outcome: 'joined, and says so' });
    await done(guest);
  });
});

describe('a network that cannot be joined', () => {
  it.each(BAD)('says why: %s', async (reason, router, ssid, password, ask) => {
    const { guest, owner } = await ownedByCable();
    if (router === undefined) await routerOff(guest);
    else await routerOn(guest, router);
    await owner.api('/api/setup/networks/scan', {});
    await owner.untilHeard();
    await owner.join(ssid, password, ask);
    const ended = await owner.untilJoin(['joined', 'failed']);
    expect(ended, JSON.stringify(ended)).toMatchObject({ kind: 'failed', ssid, reason });
    // And goes back to the one it knows by itself.
    await routerOn(guest, { ...HOME, security: 'mixed' });
    await guest.until(
      'the network it knows',
      "nmcli -g IP4.ADDRESS dev show wlan0 | grep -q '^192\\.168\\.77\\.'",
      guest.limits.bootMs,
    );
    await note('networks', { network: reason, outcome: 'said why and went back' });
    await done(guest);
  });
});
