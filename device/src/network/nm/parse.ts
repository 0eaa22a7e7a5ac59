/**
 * What `nmcli` prints in its terse form, to our types. Pure. Names of networks are asked for in hex only: in any other
 * column a stranger could print line breaks, and with them fields of their own choosing.
 */

import { lanOf, ssidFromHex } from '../parse.ts';
import type { HeardNetwork, Internet, Link, Security, Sight } from '../types.ts';
import { HOTSPOT_ID, NETWORK_NAME, TRIAL_NAME } from './plan.ts';
import type { DeviceFields } from './types.ts';

export const SCAN_FIELDS = 'SSID-HEX,SIGNAL,FREQ,SECURITY,WPA-FLAGS,RSN-FLAGS';
export const DEVICE_FIELDS =
  'GENERAL.DEVICE,GENERAL.TYPE,GENERAL.STATE,GENERAL.IP4-CONNECTIVITY,GENERAL.IP6-CONNECTIVITY,GENERAL.DBUS-PATH,GENERAL.CON-UUID,IP4.ADDRESS,IP6.ADDRESS';
export const CONNECTION_FIELDS = 'UUID,NAME,FILENAME';

/** A network with the frequency it was heard on, in MHz. */
export type Heard = HeardNetwork & { readonly megahertz: number };

/** Rows of `nmcli -t -f SCAN_FIELDS device wifi list`. */
export function parseScan(text: string): readonly Heard[] {
  return rowsOf(text).flatMap(
    ([hex = '', signal = '', frequency = '', security = '', wpa = '', rsn = '']) => {
      if (!/^([0-9A-F]{2}){0,32}$/.test(hex)) return [];
      return [
        {
          ssid: ssidFromHex(hex),
          signalPercent: Number.parseInt(signal, 10),
          megahertz: Number.parseInt(frequency, 10) || 0,
          security: securityOf(security, `${wpa} ${rsn}`.split(' ')),
        },
      ];
    },
  );
}

/** By the key exchanges a network offers, strongest that we can do. */
function securityOf(shown: string, flags: readonly string[]): Security {
  const has = (flag: string) => flags.includes(flag);
  if (has('802.1X')) return 'enterprise';
  if (has('sae')) return has('psk') ? 'wpa2-wpa3' : 'wpa3';
  if (has('psk')) return 'wpa2';
  if (has('owe')) return 'owe';
  // WEP has a privacy bit and no flags of its own; so have exchanges that came after this was written.
  if (shown !== '' && shown !== '--' && !has('owe_transition_mode')) return 'unsupported';
  return flags.every((flag) => flag === '' || flag === '(none)' || flag === 'owe_transition_mode')
    ? 'open'
    : 'unsupported';
}

/** Blocks of `nmcli -t -e no -f DEVICE_FIELDS device show`, one a device. */
export function parseDevices(text: string): readonly DeviceFields[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
    }
    return fields.size === 0 ? [] : [fields];
  });
}

/** Our profiles from `nmcli -t -f CONNECTION_FIELDS connection show`; those below `/run` are in RAM. */
export function parseProfiles(text: string): Sight['profiles'] {
  return rowsOf(text)
    .filter(([, name]) => name === NETWORK_NAME || name === TRIAL_NAME)
    .map(([id = '', name, file = '']) => ({
      id,
      isKept: name === NETWORK_NAME && file !== '' && !file.startsWith('/run/'),
    }));
}

/** A device's state as a number: 10 unmanaged, 20 unavailable, 30 disconnected, 100 activated. */
export function stateOf(device: DeviceFields): number {
  return Number.parseInt(device.get('GENERAL.STATE') ?? '', 10) || 0;
}

const UNMANAGED = 10;
const DISCONNECTED = 30;
const ACTIVATED = 100;

/** The radio we use: the first that NetworkManager may use, a working one before a sleeping one. */
export function radioOf(devices: readonly DeviceFields[]): DeviceFields | undefined {
  const radios = devices.filter((d) => d.get('GENERAL.TYPE') === 'wifi' && stateOf(d) > UNMANAGED);
  return radios.find((device) => stateOf(device) >= DISCONNECTED) ?? radios[0];
}

export function sightOf(devices: readonly DeviceFields[], profiles: Sight['profiles']): Sight {
  const radio = radioOf(devices);
  const cable = devices.find((d) => d.get('GENERAL.TYPE') === 'ethernet' && linkOf(d) !== undefined);
  const link = radio === undefined ? undefined : linkOf(radio);
  const id = radio?.get('GENERAL.CON-UUID') ?? '';
  return {
    radio: radio === undefined ? 'missing' : stateOf(radio) < DISCONNECTED ? 'blocked' : 'ready',
    wifi: link === undefined || id === HOTSPOT_ID ? undefined : { ...link, id },
    hotspot: id === HOTSPOT_ID ? (link?.lan ?? undefined) : undefined,
    wired: cable === undefined ? undefined : linkOf(cable),
    profiles,
  };
}

/** The link of a device that is up and has an address. */
export function linkOf(device: DeviceFields): Link | undefined {
  if (stateOf(device) !== ACTIVATED) return undefined;
  const cidr = device.get('IP4.ADDRESS[1]') ?? globalIpv6(device);
  if (cidr === undefined) return undefined;
  return { address: cidr.replace(/\/\d+$/, ''), lan: lanOf(cidr), internet: internetOf(device) };
}

function globalIpv6(device: DeviceFields): string | undefined {
  for (const [field, value] of device)
    if (field.startsWith('IP6.ADDRESS') && !/^fe80:/i.test(value)) return value;
  return undefined;
}

/** The better of what NetworkManager's own probes found over this device. */
export function internetOf(device: DeviceFields): Internet {
  const found = ['GENERAL.IP4-CONNECTIVITY', 'GENERAL.IP6-CONNECTIVITY'].map((f) => device.get(f) ?? '');
  if (found.some((value) => value.includes('full'))) return 'full';
  return found.some((value) => value.includes('portal')) ? 'portal' : 'local';
}

/** Rows of a terse table: fields divided by `:`, where `\` takes the next character's meaning away. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      Array.from(line.matchAll(/((?:[^:\\]|\\.)*)(?::|$)/g), ([, field = '']) =>
        field.replace(/\\(.)/g, '$1'),
      ),
    );
}
