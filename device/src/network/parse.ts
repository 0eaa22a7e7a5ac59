/** Network names and what a radio hears, to what a page may show. Pure. Every byte here was chosen by a stranger. */
import type { WifiNetwork } from '@b3iq/wire/local-api';
import type { HeardNetwork } from './types.ts';

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

/** The list for the page: one row a name and security, strongest first; hidden ones (no name, or only zeroes) left out. */
export function toNetworkList(heard: readonly HeardNetwork[]): readonly WifiNetwork[] {
  const best = new Map<string, WifiNetwork>();
  for (const { ssid, signalPercent, security } of heard) {
    if (ssid.length > 32 || ssid.every((byte) => byte === 0)) continue;
    const ssid_hex = ssidToHex(ssid);
    const signal_percent = Math.min(100, Math.max(0, Math.round(signalPercent) || 0));
    const id = `${ssid_hex}/${security}`;
    const known = best.get(id);
    if (known === undefined || known.signal_percent < signal_percent)
      best.set(id, { ssid: printableSsid(ssid), ssid_hex, signal_percent, security });
  }
  return [...best.values()].sort((a, b) => b.signal_percent - a.signal_percent).slice(0, MAX_NETWORKS);
}

/** Whether a WPA password can be one: 8–63 characters, or 64 hex digits. @see IEEE 802.11 Annex J.4 */
export function isPossiblePassword(password: string): boolean {
  const bytes = new TextEncoder().encode(password).length;
  return (bytes >= 8 && bytes <= 63) || /^[0-9a-fA-F]{64}$/.test(password);
}
