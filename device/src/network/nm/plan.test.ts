import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../types.ts';
import {
  HOTSPOT_ID,
  pickChannel,
  planHotspotArguments,
  planHotspotSecrets,
  planKeepArguments,
  planSecrets,
  planTrialArguments,
} from './plan.ts';

const profile: Profile = {
  id: 'b2c9a8f0-6d1c-4f0a-9a53-0f3f0c1d2e3f',
  ssid: Uint8Array.of(0x2d, 0xff),
  hidden: false,
  security: 'wpa2',
  password: 'marker-password',
  enterprise: undefined,
};
/** Values by the property they follow. */
const properties = (args: readonly unknown[]) => {
  const at = args.indexOf('con-name');
  const pairs = args.slice(at);
  return Object.fromEntries(
    pairs.flatMap((name, i) => (i % 2 === 0 ? [[String(name), pairs[i + 1]]] : [])),
  ) as Readonly<Record<string, unknown>>; // made of pairs just now
};

describe('a profile that is tried', () => {
  it('is in RAM, used only when told, and carries its name as bytes', () => {
    const args = planTrialArguments(profile, 'wlan0');
    expect(args.slice(0, 6)).toEqual(['connection', 'add', 'save', 'no', 'type', 'wifi']);
    expect(properties(args)).toMatchObject({
      'connection.uuid': profile.id,
      ifname: 'wlan0',
      'connection.autoconnect': 'no',
      '802-11-wireless.ssid': profile.ssid,
      '802-11-wireless.hidden': 'no',
    });
    expect(properties(planTrialArguments({ ...profile, hidden: true }, 'wlan0'))).toMatchObject({
      '802-11-wireless.hidden': 'yes',
    });
  });

  it.each([
    ['open', undefined],
    ['owe', 'owe'],
    ['wpa2', 'wpa-psk'],
    ['wpa2-wpa3', 'wpa-psk'],
    ['wpa3', 'sae'],
    ['enterprise', 'wpa-eap'],
  ] as const)('uses the key exchange of a network that is %s', (security, exchange) => {
    const args = planTrialArguments({ ...profile, security }, 'wlan0');
    expect(properties(args)['802-11-wireless-security.key-mgmt']).toBe(exchange);
  });

  it('signs in to an enterprise network, and checks its server where it was told which', () => {
    const office: Profile = {
      ...profile,
      security: 'enterprise',
      enterprise: { identity: 'ada', eap: 'peap', authority: undefined, serverDomain: undefined },
    };
    const peap = properties(planTrialArguments(office, 'wlan0'));
    expect(peap).toMatchObject({
      '802-1x.eap': 'peap',
      '802-1x.phase2-auth': 'mschapv2',
      '802-1x.identity': 'ada',
    });
    expect(Object.keys(peap).join()).not.toContain('domain');
    const enterprise = {
      identity: 'ada',
      eap: 'ttls',
      authority: undefined,
      serverDomain: 'radius.example',
    } as const;
    expect(properties(planTrialArguments({ ...office, enterprise }, 'wlan0'))).toMatchObject({
      '802-1x.phase2-auth': 'pap',
      '802-1x.system-ca-certs': 'yes',
      '802-1x.domain-suffix-match': 'radius.example',
    });
  });

  it('trusts a company’s own authority alone, with a name or without, and none when nothing is known', () => {
    const trust = (serverDomain: string | undefined, file?: string) => {
      const enterprise = { identity: 'ada', eap: 'peap', authority: 'PEM', serverDomain } as const;
      const office: Profile = { ...profile, security: 'enterprise', enterprise };
      const {
        '802-1x.ca-cert': ca,
        '802-1x.system-ca-certs': system,
        '802-1x.domain-suffix-match': name,
      } = properties(planTrialArguments(office, 'wlan0', file));
      return [ca, system, name];
    };
    expect(trust(undefined, '/x/id.pem')).toEqual(['/x/id.pem', undefined, undefined]);
    expect(trust('radius.example', '/x/id.pem')).toEqual(['/x/id.pem', undefined, 'radius.example']);
    expect(trust('radius.example')).toEqual([undefined, 'yes', 'radius.example']);
    expect(trust(undefined)).toEqual([undefined, undefined, undefined]);
  });

  it('is kept on disk and used by itself once it is proven', () => {
    expect(planKeepArguments(profile.id)).toEqual(
      expect.arrayContaining(['modify', profile.id, 'b3iq-network', 'connection.autoconnect', 'yes']),
    );
    expect(planKeepArguments(profile.id)).not.toContain('--temporary');
  });

  it('never has its password among the arguments', () => {
    for (const security of ['open', 'wpa2', 'wpa3', 'enterprise'] as const) {
      const enterprise = {
        identity: 'ada',
        eap: 'peap',
        authority: undefined,
        serverDomain: undefined,
      } as const;
      const args = planTrialArguments({ ...profile, security, enterprise }, 'wlan0');
      expect(args.map(String).join(' ')).not.toContain('marker');
    }
    const hotspot = planHotspotArguments(
      { ssid: 'B3IQ-N7K4', password: 'marker' },
      '10.42.0.0/24',
      'wlan0',
      6,
    );
    expect(hotspot.join(' ')).not.toContain('marker');
  });
});

it('makes the hotspot one that every phone can join', () => {
  const args = planHotspotArguments({ ssid: 'B3IQ-N7K4', password: 'x' }, '10.83.142.0/24', 'wlan0', 11);
  expect(properties(args)).toMatchObject({
    'connection.uuid': HOTSPOT_ID,
    '802-11-wireless.ssid': 'B3IQ-N7K4',
    '802-11-wireless.mode': 'ap',
    '802-11-wireless.band': 'bg',
    '802-11-wireless.channel': '11',
    '802-11-wireless-security.key-mgmt': 'wpa-psk',
    '802-11-wireless-security.proto': 'rsn',
    '802-11-wireless-security.pmf': '1',
    'ipv4.method': 'shared',
    'ipv4.addresses': '10.83.142.1/24',
    'ipv6.method': 'disabled',
  });
});

it('sends on the channel with the fewest neighbours', () => {
  expect(pickChannel([])).toBe(6);
  expect(pickChannel([2437])).toBe(1);
  expect(pickChannel([2437, 2412, 2417])).toBe(11);
  expect(pickChannel([2437, 2412, 2462, 2462, 5180])).toBe(6);
});

describe('a password file', () => {
  const psk = (password: string) => planSecrets({ ...profile, password });
  it('names the secrets as NetworkManager asks for them', () => {
    expect(psk('abc')).toBe('802-11-wireless-security.psk:abc\n');
    expect(planHotspotSecrets({ ssid: 'B3IQ', password: 'abc' })).toBe(psk('abc'));
    const office: Profile = {
      ...profile,
      security: 'enterprise',
      enterprise: { identity: 'ada', eap: 'peap', authority: undefined, serverDomain: undefined },
    };
    expect(planSecrets({ ...office, password: 'abc' })).toBe('802-1x.identity:ada\n802-1x.password:abc\n');
    expect(planSecrets({ ...office, enterprise: undefined })).toContain('802-1x.identity:\n');
    for (const security of ['open', 'owe'] as const)
      expect(planSecrets({ ...profile, security })).toBeUndefined();
    expect(planSecrets({ ...profile, password: undefined })).toBeUndefined();
  });

  it('is one line a secret in which no character means anything', () => {
    expect(psk('aZ9 \\:#\n€')).toBe(
      '802-11-wireless-security.psk:aZ9\\040\\134\\072\\043\\012\\342\\202\\254\n',
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'aZ9 \\:#\n\t"\'€🏠\u0000', 'é')), (characters) => {
        const password = characters.join('');
        const [, file = ''] = /^[^:]*:(.*)\n$/.exec(psk(password) ?? '') ?? [];
        expect(file).toMatch(/^(?:[A-Za-z0-9]|\\[0-3][0-7]{2})*$/);
        const bytes = Array.from(file.matchAll(/\\(\d{3})|(.)/g), ([, octal, plain = '']) =>
          octal === undefined ? plain.charCodeAt(0) : Number.parseInt(octal, 8),
        );
        expect(Uint8Array.from(bytes)).toEqual(new TextEncoder().encode(password));
      }),
    );
  });
});
