/** What every `Radio` must do, run against the simulated street and against the real one over a stand-in for its tools. */
import { expect, it } from 'vitest';
import { ssidToHex } from './parse.ts';
import type { Radio } from './port.ts';
import type { Profile } from './types.ts';

/** A radio in `FAKE_STREET`, where every password is `correct horse`. */
export interface RadioUnderTest {
  readonly radio: Radio;
}

const never = new AbortController().signal;
const hotspot = { ssid: 'B3IQ-N7K4', password: 'a label password' };
let serial = 0;
/** A profile for the network of that name. */
export function profileFor(name: string | Uint8Array, more: Partial<Profile> = {}): Profile {
  return {
    id: `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`,
    ssid: typeof name === 'string' ? new TextEncoder().encode(name) : name,
    hidden: false,
    security: 'wpa2',
    password: 'correct horse',
    enterprise: undefined,
    ...more,
  };
}

/** Declares the tests; `make` gives a fresh radio each time. */
export function radioContract(make: () => Promise<RadioUnderTest>): void {
  const connect = (radio: Radio, profile: Profile, onAddress = () => {}) =>
    radio.connect(profile, onAddress, never);

  it('sees nothing at first', async () => {
    const { radio } = await make();
    expect(await radio.look()).toEqual({
      radio: 'ready',
      wifi: undefined,
      hotspot: undefined,
      wired: undefined,
      profiles: [],
    });
    await radio.close();
  });

  it('hears the street, and gives the hotspot up for it', async () => {
    const { radio } = await make();
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    expect((await radio.look()).hotspot).toBe('10.42.0.0/24');
    const heard = await radio.scan(never);
    const kinds = new Map(heard.map((n) => [ssidToHex(n.ssid), n.security]));
    expect(kinds.get(ssidToHex(new TextEncoder().encode('Orchard 5G')))).toBe('wpa3');
    expect(kinds.get('fffec32841')).toBe('wpa2');
    expect([...kinds.values()]).toEqual(
      expect.arrayContaining(['open', 'owe', 'wpa2-wpa3', 'enterprise', 'unsupported']),
    );
    expect((await radio.look()).hotspot).toBeUndefined();
    await radio.close();
  });

  it('opens its hotspot where it is told, again and again, and closes it', async () => {
    const { radio } = await make();
    for (const subnet of ['10.42.0.0/24', '10.83.142.0/24']) {
      await radio.openHotspot(hotspot, subnet, never);
      expect(await radio.look()).toMatchObject({ hotspot: subnet, wifi: undefined, profiles: [] });
    }
    await radio.closeHotspot();
    await radio.closeHotspot();
    expect((await radio.look()).hotspot).toBeUndefined();
    await radio.close();
  });

  it('joins with a profile that a power cut forgets, until it is kept', async () => {
    const { radio } = await make();
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    const profile = profileFor('Maple');
    let told = 0;
    const outcome = await connect(radio, profile, () => told++);
    expect(outcome).toMatchObject({ kind: 'linked', link: { lan: '192.168.20.0/24' } });
    expect(told).toBe(1);
    expect(await radio.probe(never)).toBe('full');
    const sight = await radio.look();
    expect(sight).toMatchObject({ wifi: { id: profile.id }, hotspot: undefined });
    expect(sight.profiles).toEqual([{ id: profile.id, isKept: false }]);
    await radio.keep(profile.id);
    expect((await radio.look()).profiles).toEqual([{ id: profile.id, isKept: true }]);
    await radio.openHotspot(hotspot, '10.42.0.0/24', never);
    expect(await radio.reconnect(profile.id, never)).toMatchObject({ kind: 'linked' });
    await radio.forget([profile.id, 'd2ad2a1e-0000-4000-8000-000000000000']);
    expect(await radio.look()).toMatchObject({ wifi: undefined, profiles: [] });
    await radio.close();
  });

  it.each([
    ['Maple', { password: 'wrong horse' }, 'wrong-password'],
    ['Orchard 5G', { security: 'wpa3', password: 'wrong horse' }, 'wrong-password'],
    ['Linden', { security: 'wpa2-wpa3', password: 'wrong horse' }, 'wrong-password'],
    ['Nowhere', {}, 'not-found'],
    ['Attic', {}, 'not-found'],
    ['Full house', {}, 'no-address'],
    ['Closed club', {}, 'refused'],
    [
      'Office',
      {
        security: 'enterprise',
        password: 'wrong horse',
        enterprise: { identity: 'ada', eap: 'peap', authority: undefined, serverDomain: undefined },
      },
      'refused',
    ],
  ] as const)('fails at %s with %o: %s', async (name, more, reason) => {
    const { radio } = await make();
    expect(await connect(radio, profileFor(name, more))).toEqual({ kind: 'failed', reason });
    const { wifi, profiles } = await radio.look();
    expect(wifi).toBeUndefined();
    expect(profiles.every(({ isKept }) => !isKept)).toBe(true);
    await radio.forget(profiles.map(({ id }) => id));
    expect((await radio.look()).profiles).toEqual([]);
    await radio.close();
  });

  it('keeps the known network’s profile whatever a try comes to', async () => {
    const { radio } = await make();
    const known = profileFor('Maple');
    await connect(radio, known);
    await radio.keep(known.id);
    await connect(radio, profileFor('Orchard 5G', { security: 'wpa3', password: 'wrong horse' }));
    expect((await radio.look()).profiles.filter(({ isKept }) => isKept)).toEqual([
      { id: known.id, isKept: true },
    ]);
    await radio.close();
  });

  it.each([
    ['Orchard 5G', { security: 'wpa3' }],
    ['Linden', { security: 'wpa2-wpa3' }],
    ['Attic', { hidden: true }],
    ['Library', { security: 'owe', password: undefined }],
    ['🏠🌳👩‍👩‍👧', {}],
    [Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x41), {}],
    ['--help', {}],
    ['two\r\nlines\u001b[31m', {}],
    [
      'Office',
      {
        security: 'enterprise',
        enterprise: { identity: 'ada', eap: 'ttls', authority: undefined, serverDomain: 'a.example' },
      },
    ],
  ] as const)('joins %s', async (name, more) => {
    const { radio } = await make();
    expect(await connect(radio, profileFor(name, more))).toMatchObject({ kind: 'linked' });
    await radio.close();
  });

  it('tells what a network leads to', async () => {
    const { radio } = await make();
    await connect(radio, profileFor('No internet today'));
    expect(await radio.probe(never)).toBe('local');
    await connect(radio, profileFor('Café Gratis', { security: 'open', password: undefined }));
    expect(await radio.probe(never)).toBe('portal');
    await radio.close();
  });

  it('leaves the radio free when a try is given up', async () => {
    const { radio } = await make();
    const give = new AbortController();
    const pending = radio.connect(profileFor('Maple'), () => give.abort(new Error('given up')), give.signal);
    await expect(pending).rejects.toThrow();
    expect((await radio.look()).wifi).toBeUndefined();
    await radio.close();
  });

  it('says that a profile it does not have cannot be used', async () => {
    const { radio } = await make();
    expect(await radio.reconnect('d2ad2a1e-0000-4000-8000-000000000000', never)).toMatchObject({
      kind: 'failed',
    });
    await radio.close();
  });
}
