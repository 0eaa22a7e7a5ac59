/** What the machine knows about networks, and its part of the settings. Pure data. */
import { JOIN_FAILURES, type JoinFailure } from '@b3iq/wire/local-api';
import { z } from 'zod';

const ssidHex = z.string().regex(/^([0-9a-f]{2}){1,32}$/);
/** A network the owner chose; its password stays with the radio. */
const chosen = z.strictObject({
  ssid_hex: ssidHex,
  hidden: z.boolean(),
  /** The radio's own id of its profile; the nil UUID in a record from before there were any. */
  profile_id: z.uuid().default('00000000-0000-0000-0000-000000000000'),
});
/**
 * The durable record of joining, in two phases: `trial` is written before anything is changed, `intent` only once the
 * trial has proven itself. A power cut between any two writes leaves the old `intent` or the new one.
 */
export const networkSlice = z.strictObject({
  /** The network that is known to be good. */
  intent: chosen.extend({ lan: z.string().nullable().default(null) }).nullable(),
  /** The one being tried. */
  trial: chosen.nullable().default(null),
  /** How the last try failed; shown until the next. */
  failed: z
    .strictObject({ ssid_hex: ssidHex, reason: z.enum(JOIN_FAILURES), at: z.iso.datetime() })
    .nullable()
    .default(null),
});
export type NetworkSlice = Readonly<z.infer<typeof networkSlice>>;
export const noNetwork: NetworkSlice = { intent: null, trial: null, failed: null };

/** How a network is protected. `wpa2-wpa3`: takes both, for older and newer devices. `owe`: encrypted, no password. */
export const SECURITIES = ['open', 'owe', 'wpa2', 'wpa2-wpa3', 'wpa3', 'enterprise', 'unsupported'] as const;
export type Security = (typeof SECURITIES)[number];

/** One network as a radio hears it. `ssid` is 0–32 raw bytes chosen by a stranger. */
export interface HeardNetwork {
  readonly ssid: Uint8Array;
  readonly signalPercent: number;
  readonly security: Security;
}

/** Everything a radio needs to try a network. */
export interface Profile {
  /** UUID v4; names the radio's profile for good. */
  readonly id: string;
  readonly ssid: Uint8Array;
  readonly hidden: boolean;
  readonly security: Exclude<Security, 'unsupported'>;
  readonly password: string | undefined;
  readonly enterprise: Enterprise | undefined;
}
export interface Enterprise {
  readonly identity: string;
  readonly eap: 'peap' | 'ttls';
  /** PEM of the only authority that may speak for the sign-in server; a public one may when there is a `serverDomain`. */
  readonly authority: string | undefined;
  /** With neither, anybody who copies the network's name can ask for the password. */
  readonly serverDomain: string | undefined;
}

/** The machine's own setup network. */
export interface Hotspot {
  readonly ssid: string;
  readonly password: string;
}

/** `portal`: something answers in the internet's place, such as a login page. `local`: an address and no more. */
export type Internet = 'full' | 'portal' | 'local';

/** A connection with an address. */
export interface Link {
  /** IPv4 or IPv6 address without prefix. */
  readonly address: string;
  /** Its network, such as `192.168.20.0/24`. */
  readonly lan: string | null;
  readonly internet: Internet;
}

/** Cables, radio and profiles as they are at one moment. */
export interface Sight {
  /** `missing`: there is no Wi-Fi device; `blocked`: it is switched off or not usable now. */
  readonly radio: 'ready' | 'missing' | 'blocked';
  /** The network the radio is on, when it is on one. */
  readonly wifi: (Link & { readonly id: string }) | undefined;
  /** The subnet of our own setup network while it is open, such as `10.42.0.0/24`. */
  readonly hotspot: string | undefined;
  readonly wired: Link | undefined;
  /** Our profiles of networks; a kept one survives a power cut. */
  readonly profiles: readonly { readonly id: string; readonly isKept: boolean }[];
}

export const JOIN_PHASES = ['associating', 'address', 'internet'] as const;
export type JoinPhase = (typeof JOIN_PHASES)[number];

/** How bringing a link up ended. */
export type LinkOutcome =
  | { readonly kind: 'linked'; readonly link: Link }
  | { readonly kind: 'failed'; readonly reason: JoinFailure };
