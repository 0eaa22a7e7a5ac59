/**
 * Profiles and the hotspot as `nmcli` arguments, and secrets as its password file. Pure: all that is asked of the tool
 * can be read and tested here. A value follows its property's name and is taken literally; no secret is among them.
 * @see nmcli(1), nm-settings-nmcli(5)
 */
import type { Hotspot, Profile } from '../types.ts';

/** An argument; bytes where it is a network's name, which need not be text. */
export type Argument = string | Uint8Array;

/** Our profiles carry these names; everything else in NetworkManager is somebody else's. */
export const TRIAL_NAME = 'b3iq-trial';
export const NETWORK_NAME = 'b3iq-network';
export const HOTSPOT_NAME = 'b3iq-hotspot';
/** There is one hotspot, so it can be found again by its id after a crash of the agent. */
export const HOTSPOT_ID = 'b3142b3c-7f2e-4e0a-9c51-6d3f62336971';

/**
 * Adds `profile` in RAM: a power cut forgets it. `autoconnect no`: only we decide when it is tried.
 * @param authority  path of the file with the profile's authority, when it has one: `nmcli` takes no certificate as text
 */
export function planTrialArguments(
  profile: Profile,
  device: string,
  authority?: string,
): readonly Argument[] {
  return [
    ...['connection', 'add', 'save', 'no', 'type', 'wifi', 'con-name', TRIAL_NAME],
    ...['connection.uuid', profile.id, 'ifname', device, 'connection.autoconnect', 'no'],
    ...['802-11-wireless.ssid', profile.ssid],
    ...['802-11-wireless.hidden', profile.hidden ? 'yes' : 'no'],
    // Long enough for a slow router, short enough to come back to the page with an answer.
    ...['ipv4.dhcp-timeout', '25'],
    // IPv6 alone is quick to be there and slow to be useful: wait for the address people type.
    ...['ipv4.required-timeout', '20000'],
    ...securityArguments(profile, authority),
  ];
}

function securityArguments({ security, enterprise }: Profile, authority?: string): readonly string[] {
  switch (security) {
    case 'open':
      return [];
    case 'owe':
      return ['802-11-wireless-security.key-mgmt', 'owe'];
    // NetworkManager takes SAE by itself where a network offers both.
    case 'wpa2':
    case 'wpa2-wpa3':
      return ['802-11-wireless-security.key-mgmt', 'wpa-psk'];
    case 'wpa3':
      return ['802-11-wireless-security.key-mgmt', 'sae'];
    case 'enterprise': {
      if (enterprise === undefined) return ['802-11-wireless-security.key-mgmt', 'wpa-eap'];
      const { identity, eap, serverDomain } = enterprise;
      return [
        ...['802-11-wireless-security.key-mgmt', 'wpa-eap', '802-1x.eap', eap],
        ...['802-1x.phase2-auth', eap === 'peap' ? 'mschapv2' : 'pap', '802-1x.identity', identity],
        ...(authority === undefined ? [] : ['802-1x.ca-cert', authority]),
        // A name proves something only when somebody vouches for it: without an own authority the public ones.
        ...(serverDomain !== undefined && authority === undefined ? ['802-1x.system-ca-certs', 'yes'] : []),
        ...(serverDomain === undefined ? [] : ['802-1x.domain-suffix-match', serverDomain]),
      ];
    }
  }
}

/** Makes a trial the known-good network: on disk from now on, and used by itself for ever. */
export function planKeepArguments(id: string): readonly string[] {
  return [
    ...['connection', 'modify', 'uuid', id, 'connection.id', NETWORK_NAME],
    ...['connection.autoconnect', 'yes', 'connection.autoconnect-retries', '0'],
  ];
}

/** @param subnet  such as `10.42.0.0/24`      @param channel  1, 6 or 11 */
export function planHotspotArguments(
  { ssid }: Hotspot,
  subnet: string,
  device: string,
  channel: number,
): readonly string[] {
  return [
    ...['connection', 'add', 'save', 'no', 'type', 'wifi', 'con-name', HOTSPOT_NAME],
    ...['connection.uuid', HOTSPOT_ID, 'ifname', device, 'connection.autoconnect', 'no'],
    ...['802-11-wireless.ssid', ssid, '802-11-wireless.mode', 'ap'],
    // Every phone has it and every card may send there; above it Intel's may not be an access point at all.
    ...['802-11-wireless.band', 'bg', '802-11-wireless.channel', `${channel}`],
    ...['802-11-wireless.powersave', '2'],
    // WPA2 alone: WPA3 access points fail on common cards, and with protected management frames so does WPA2.
    ...['802-11-wireless-security.key-mgmt', 'wpa-psk', '802-11-wireless-security.proto', 'rsn'],
    ...['802-11-wireless-security.pairwise', 'ccmp', '802-11-wireless-security.group', 'ccmp'],
    ...['802-11-wireless-security.pmf', '1'],
    ...['ipv4.method', 'shared', 'ipv4.addresses', subnet.replace(/\.0\//, '.1/'), 'ipv6.method', 'disabled'],
  ];
}

/** What NetworkManager will ask for when it brings `profile` up; `undefined` when it will ask for nothing. */
export function planSecrets({ security, password, enterprise }: Profile): string | undefined {
  if (security === 'open' || security === 'owe' || password === undefined) return undefined;
  if (security !== 'enterprise') return passwordFile({ [PSK]: password });
  // It asks for name and password together, and takes none of them alone.
  return passwordFile({ '802-1x.identity': enterprise?.identity ?? '', '802-1x.password': password });
}
export function planHotspotSecrets({ password }: Hotspot): string {
  return passwordFile({ [PSK]: password });
}
const PSK = '802-11-wireless-security.psk';

/**
 * A password file, a line a secret. Everything but letters and digits goes as octal bytes, so no character can mean
 * anything. @see nmcli(1) passwd-file
 */
function passwordFile(secrets: Readonly<Record<string, string>>): string {
  const lines = Object.entries(secrets).map(([key, secret]) => {
    const escaped = Array.from(new TextEncoder().encode(secret), (byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
    });
    return `${key}:${escaped.join('')}\n`;
  });
  return lines.join('');
}

/** The channel of the three that do not overlap which fewest networks lie on. @param megahertz  of every network heard */
export function pickChannel(megahertz: readonly number[]): number {
  const load = (channel: number) =>
    megahertz.filter((mhz) => Math.abs(mhz - (2407 + 5 * channel)) < 20).length;
  return [6, 1, 11].reduce((best, channel) => (load(channel) < load(best) ? channel : best));
}
