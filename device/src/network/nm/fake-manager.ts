/**
 * A stand-in for NetworkManager behind its own tool and signals: answers `nmcli` in its words and says on the bus what
 * the real one said in recorded joins. Only so that the real radio can be tested where there is no Wi-Fi.
 */

import { FAKE_STREET, type FakeNetwork } from '../fakes/street.ts';
import { ssidToHex } from '../parse.ts';
import { type Nmcli, NmcliFailed, type NmcliOptions } from './nmcli.ts';
import { type Argument, HOTSPOT_ID } from './plan.ts';
import type { Signals } from './signals.ts';
import type { Signal } from './types.ts';

type Said = readonly (Signal | { readonly state: number; readonly reason?: number })[];
interface Held {
  readonly properties: ReadonlyMap<string, Argument>;
  name: string;
  file: string;
  secret: string;
}

const PATH = '/org/freedesktop/NetworkManager/Devices/3';
const say = (state: string): Signal => ({ kind: 'supplicant', state });
const auth = (status: number): Signal => ({ kind: 'auth', status });
const SCANNED: Signal = { kind: 'scan-done' };
const BEGINS: Said = [{ state: 40 }, say('interface_disabled'), { state: 50 }, say('scanning')];
const LET_IN: Said = [
  SCANNED,
  say('authenticating'),
  auth(0),
  say('associating'),
  say('associated'),
  say('4way_handshake'),
  say('completed'),
  { state: 70 },
];
/** As NetworkManager 1.52.1 and wpa_supplicant 2.10 told them. */
const SAID = {
  'wrong-password': [
    SCANNED,
    say('authenticating'),
    auth(0),
    say('associating'),
    say('4way_handshake'),
    say('disconnected'),
    { state: 60, reason: 8 },
  ],
  'wrong-sae-password': [
    SCANNED,
    say('authenticating'),
    auth(0),
    auth(1),
    say('disconnected'),
    say('scanning'),
  ],
  'not-found': [SCANNED, SCANNED, SCANNED, { state: 120, reason: 53 }],
  'no-address': [...LET_IN, { state: 120, reason: 5 }],
  refused: [SCANNED, say('authenticating'), auth(1), say('scanning'), say('authenticating'), auth(1)],
  'no-sign-in': [
    SCANNED,
    say('authenticating'),
    auth(0),
    say('associated'),
    { kind: 'eap', status: 'completion', parameter: 'failure' },
  ],
} satisfies Record<string, Said>;

export interface FakeManager {
  readonly tool: Nmcli;
  readonly signals: Signals;
  /** Every command, as text. */
  readonly commands: string[];
}

export function fakeManager(street: readonly FakeNetwork[] = FAKE_STREET): FakeManager {
  const held = new Map<string, Held>();
  const listeners = new Set<(signal: Signal) => void>();
  const commands: string[] = [];
  let on: { readonly id: string; readonly network: FakeNetwork | undefined } | undefined;

  async function tell(said: Said, signal?: AbortSignal): Promise<void> {
    for (const item of said) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      const news: Signal =
        'kind' in item ? item : { kind: 'device', path: PATH, state: item.state, reason: item.reason ?? 0 };
      for (const listener of listeners) listener(news);
    }
  }

  function find({ properties }: Held): FakeNetwork | undefined {
    const ssid = properties.get('802-11-wireless.ssid');
    const hex = ssid instanceof Uint8Array ? ssidToHex(ssid) : undefined;
    const isHidden = properties.get('802-11-wireless.hidden') === 'yes';
    return street.find((n) => ssidToHex(n.ssid) === hex && (isHidden || n.hidden !== true));
  }
  function wrong(profile: Held, network: FakeNetwork): keyof typeof SAID | undefined {
    const expected = network.password === undefined ? '' : escaped(network.password);
    if (network.security === 'enterprise')
      return profile.secret === expected && profile.properties.get('802-1x.identity') === network.identity
        ? undefined
        : 'no-sign-in';
    if (profile.secret === expected) return undefined;
    return network.security === 'wpa2' ? 'wrong-password' : 'wrong-sae-password';
  }

  async function up(id: string, signal: AbortSignal | undefined): Promise<void> {
    const profile = held.get(id);
    if (profile === undefined) throw new NmcliFailed(10, 'connection up');
    await tell(
      on === undefined
        ? []
        : [
            { state: 110, reason: 60 },
            { state: 30, reason: 60 },
          ],
      signal,
    );
    on = undefined;
    if (id === HOTSPOT_ID) {
      on = { id, network: undefined };
      return tell([{ state: 40 }, { state: 100 }], signal);
    }
    await tell(BEGINS, signal);
    const network = find(profile);
    const end = network === undefined ? 'not-found' : (wrong(profile, network) ?? fails(network));
    if (network === undefined || end !== undefined) {
      await tell(SAID[end ?? 'not-found'], signal);
      throw new NmcliFailed(4, 'connection up');
    }
    await tell(LET_IN, signal);
    on = { id, network };
    await tell([{ state: 100 }], signal);
  }

  const tool: Nmcli = {
    async run(args: readonly Argument[], { signal }: NmcliOptions = {}) {
      commands.push(args.map((arg) => (typeof arg === 'string' ? arg : ssidToHex(arg))).join(' '));
      const words = args.filter((arg) => typeof arg === 'string');
      const after = (word: string) => words[words.indexOf(word) + 1] ?? '';
      const verb = words.find((w) =>
        ['add', 'up', 'down', 'modify', 'delete', 'show', 'list', 'check'].includes(w),
      );
      switch (verb) {
        case 'list':
          await tell([SCANNED], signal);
          return street
            .filter((n) => n.hidden !== true)
            .map(scanRow)
            .join('\n');
        case 'show':
          return words.includes('device') ? deviceBlock(on, held) : connectionRows(held);
        case 'add': {
          const pairs = args.slice(args.indexOf('con-name'));
          const properties = new Map<string, Argument>();
          for (let i = 0; i + 1 < pairs.length; i += 2) properties.set(String(pairs[i]), pairs[i + 1] ?? '');
          const file = '/run/NetworkManager/system-connections/x.nmconnection';
          held.set(after('connection.uuid'), { properties, name: after('con-name'), file, secret: '' });
          return '';
        }
        case 'up':
          await up(after('uuid'), signal);
          return '';
        case 'modify': {
          const profile = held.get(after('uuid'));
          if (profile === undefined) throw new NmcliFailed(10, 'connection modify');
          profile.name = after('connection.id');
          profile.file = '/var/lib/NetworkManager/system-connections/x.nmconnection';
          return '';
        }
        case 'down':
          if (on?.id !== after('uuid')) throw new NmcliFailed(10, 'connection down');
          on = undefined;
          return '';
        case 'delete':
          if (!held.delete(after('uuid'))) throw new NmcliFailed(10, 'connection delete');
          if (on?.id === after('uuid')) on = undefined;
          return '';
        default:
          return '';
      }
    },
    async runWithSecret(args, secret, options) {
      const profile = held.get(args[args.indexOf('uuid') + 1] ?? '');
      if (profile !== undefined) profile.secret = secret.slice(secret.lastIndexOf(':') + 1, -1);
      return tool.run(args, options);
    },
  };
  const signals: Signals = {
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {},
  };
  return { tool, signals, commands };
}

function fails(network: FakeNetwork): 'no-address' | 'refused' | undefined {
  return network.fails === 'no-address' || network.fails === 'refused' ? network.fails : undefined;
}

/** A password as a password file holds it. */
function escaped(password: string): string {
  return password.replace(/[^A-Za-z0-9]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

const FLAGS = {
  open: ':(none):(none)',
  owe: 'OWE:(none):pair_ccmp group_ccmp owe',
  wpa2: 'WPA2:(none):pair_ccmp group_ccmp psk',
  'wpa2-wpa3': 'WPA2 WPA3:(none):pair_ccmp group_ccmp psk sae',
  wpa3: 'WPA3:(none):pair_ccmp group_ccmp sae',
  enterprise: 'WPA2 802.1X:(none):pair_ccmp group_ccmp 802.1X',
  unsupported: 'WEP:(none):(none)',
} as const;
function scanRow({ ssid, signalPercent, security }: FakeNetwork): string {
  return `${ssidToHex(ssid).toUpperCase()}:${signalPercent}:2437 MHz:${FLAGS[security]}`;
}

function deviceBlock(
  on: { readonly id: string; readonly network: FakeNetwork | undefined } | undefined,
  held: ReadonlyMap<string, Held>,
): string {
  const hotspot = held.get(HOTSPOT_ID)?.properties.get('ipv4.addresses');
  const lan = on?.network?.lan ?? '192.168.20.0/24';
  const address = on?.id === HOTSPOT_ID ? String(hotspot) : lan.replace('.0/', '.31/');
  const internet = { full: '4 (full)', portal: '2 (portal)', local: '3 (limited)' };
  return [
    'GENERAL.DEVICE:wlan0',
    'GENERAL.TYPE:wifi',
    `GENERAL.STATE:${on === undefined ? '30 (disconnected)' : '100 (connected)'}`,
    `GENERAL.IP4-CONNECTIVITY:${internet[on?.network?.internet ?? 'full']}`,
    `GENERAL.DBUS-PATH:${PATH}`,
    `GENERAL.CON-UUID:${on?.id ?? ''}`,
    ...(on === undefined ? [] : [`IP4.ADDRESS[1]:${address}`]),
    '',
  ].join('\n');
}

function connectionRows(held: ReadonlyMap<string, Held>): string {
  return Array.from(held, ([id, { name, file }]) => `${id}:${name}:${file}`).join('\n');
}
