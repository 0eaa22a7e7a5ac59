/** Network names, addresses and what a page asks for, to our own types. Pure. Every byte here was chosen by a stranger. */
import type { JoinFailure, JoinRequest, WifiNetwork } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { HeardNetwork, Profile, Security } from './types.ts';

/** More networks than this help nobody and would let a beacon flood fill the page. */
const MAX_NETWORKS = 64;

/**
 * A network's name for the eye: UTF-8 where it is, with U+FFFD for bytes that are no text and for control and
 * direction marks, which could dress one name up as another. Not escaped: pages must treat it as text.
 */
export function printableSsid(ssid: Uint8Array): string {
  return new TextDecoder().decode(ssid).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, '\u{fffd}');
}

/** Lower-case hex of a name's raw bytes. */
export function ssidToHex(ssid: Uint8Array): string {
  return Array.from(ssid, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
/** Raw bytes of such hex; the schema has checked its form. */
export function ssidFromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What the page calls each protection: people choose between a password and none, not between key exchanges. */
const shownAs: Readonly<Record<Security, WifiNetwork['security']>> = {
  open: 'open',
  owe: 'open',
  wpa2: 'wpa2',
  'wpa2-wpa3': 'wpa2',
  wpa3: 'wpa3',
  enterprise: 'enterprise',
  unsupported: 'unsupported',
};

/** The list for the page: one row a name and security, strongest first; hidden ones (no name, or only zeroes) left out. */
export function toNetworkList(heard: readonly HeardNetwork[]): readonly WifiNetwork[] {
  const best = new Map<string, WifiNetwork>();
  for (const { ssid, signalPercent, ...network } of heard) {
    if (ssid.length > 32 || ssid.every((byte) => byte === 0)) continue;
    const ssid_hex = ssidToHex(ssid);
    const security = shownAs[network.security];
    const signal_percent = Math.min(100, Math.max(0, Math.round(signalPercent) || 0));
    const id = `${ssid_hex}/${security}`;
    const known = best.get(id);
    if (known === undefined || known.signal_percent < signal_percent)
      best.set(id, { ssid: printableSsid(ssid), ssid_hex, signal_percent, security });
  }
  return [...best.values()].sort((a, b) => b.signal_percent - a.signal_percent).slice(0, MAX_NETWORKS);
}

/** A profile to try, or why there is no point in trying. */
export interface Asked {
  readonly profile: Profile;
  readonly refused: JoinFailure | undefined;
}

/**
 * What a page asks for, completed by what was heard: the network itself says how it is protected.
 * @param request  checked by `joinRequest`, its certificate by `readAuthority`      @param id  UUID v4 for the new profile
 * @throws invalid_request when it says too little or too much for this network; the page sees to that before
 */
export function toProfile(request: JoinRequest, heard: readonly HeardNetwork[], id: string): Asked {
  const password = request.password === '' ? undefined : request.password;
  const security = securityOf(request, password, heard);
  const { identity, eap = 'peap', ca_certificate_pem: authority, server_domain: serverDomain } = request;
  const profile: Profile = {
    id,
    ssid: ssidFromHex(request.ssid_hex),
    hidden: request.hidden ?? false,
    security: security === 'unsupported' ? 'open' : security,
    password,
    enterprise:
      security === 'enterprise' && identity !== undefined
        ? { identity, eap, authority, serverDomain }
        : undefined,
  };
  return { profile, refused: refusalOf(profile, security) };
}

/** The strongest matching network decides; a hidden one, or one not heard, is what the request says or its password implies. */
function securityOf(
  { ssid_hex, security: asked }: JoinRequest,
  password: string | undefined,
  heard: readonly HeardNetwork[],
): Security {
  const [best] = heard
    .filter(({ ssid }) => ssidToHex(ssid) === ssid_hex)
    .filter(({ security }) => asked === undefined || shownAs[security] === asked)
    .sort((a, b) => b.signalPercent - a.signalPercent);
  return best?.security ?? asked ?? (password === undefined ? 'open' : 'wpa2-wpa3');
}

function refusalOf({ password, ssid, enterprise }: Profile, security: Security): JoinFailure | undefined {
  // A NUL cannot be part of a program's argument, so no tool could ask for such a name.
  if (security === 'unsupported' || ssid.includes(0)) return 'refused';
  if (security === 'enterprise') {
    if (enterprise === undefined || password === undefined)
      throw new CodedError(
        'invalid_request',
        'This network asks for a name and a password. Nothing was tried.',
      );
    return undefined;
  }
  if (security === 'open' || security === 'owe') return undefined;
  const isSae = security === 'wpa3';
  if (password === undefined || bytesOf(password) < (isSae ? 1 : 8)) return 'password-too-short';
  if (!(isSae ? isPossibleSaePassword(password) : isPossiblePassword(password)))
    throw new CodedError(
      'invalid_request',
      `Passwords of this network have at most ${isSae ? 128 : 63} bytes. Nothing was tried.`,
    );
  return undefined;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Whether a WPA2 password can be one: 8–63 characters, or 64 hex digits. @see IEEE 802.11 Annex J.4 */
export function isPossiblePassword(password: string): boolean {
  const bytes = bytesOf(password);
  return (bytes >= 8 && bytes <= 63) || /^[0-9a-fA-F]{64}$/.test(password);
}
/** WPA3 passwords have no lower bound of their own; ours keeps what its access points accept. @see IEEE 802.11 §12.4 */
export function isPossibleSaePassword(password: string): boolean {
  const bytes = bytesOf(password);
  return bytes >= 1 && bytes <= 128;
}

/** The network of an address with prefix, such as `192.168.20.31/24` → `192.168.20.0/24`; `null` when it is not IPv4. */
export function lanOf(address: string): string | null {
  const range = toRange(address);
  if (range === undefined) return null;
  const [first, , prefix] = range;
  return `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.')}/${prefix}`;
}

/** Whether two IPv4 networks share an address. */
export function overlaps(a: string, b: string): boolean {
  const [one, other] = [toRange(a), toRange(b)];
  return one !== undefined && other !== undefined && one[0] <= other[1] && other[0] <= one[1];
}

/** First and last address as numbers, and the prefix. */
function toRange(cidr: string): readonly [number, number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return [first, first + size - 1, prefix];
}
