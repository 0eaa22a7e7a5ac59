/**
 * `/api/setup/networks`: what is in the air and how joining it goes.
 * Separate because a machine without a radio of its own answers none of it.
 */
import { z } from 'zod';

export const WIFI_SECURITY = ['open', 'wpa2', 'wpa3', 'enterprise', 'unsupported'] as const;
/** A network in the air. `ssid_hex` is the name's raw bytes (0–32), `ssid` a printable form; both hostile. */
export interface WifiNetwork {
  readonly ssid: string;
  readonly ssid_hex: string;
  readonly signal_percent: number;
  readonly security: (typeof WIFI_SECURITY)[number];
}
/** A network without internet is no failure: it is joined, with `internet: false`. */
export const JOIN_FAILURES = [
  'wrong-password',
  'not-found',
  'refused',
  'no-address',
  'captive-portal',
  'password-too-short',
  /** The machine was restarted, or lost its power, before the network had proven itself. */
  'interrupted',
] as const;
export type JoinFailure = (typeof JOIN_FAILURES)[number];
export type JoinState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'joining';
      readonly ssid: string;
      readonly phase: 'associating' | 'address' | 'internet';
    }
  | { readonly kind: 'joined'; readonly ssid: string; readonly address: string; readonly internet: boolean }
  | {
      readonly kind: 'failed';
      readonly ssid: string;
      readonly reason: JoinFailure;
      /** Kept over a restart, so that the page can say it when the hotspot is back. */
      readonly at: string;
    };
/** `GET /api/setup/networks`, and the answer to `POST /api/setup/networks/scan`. */
export interface NetworksAnswer {
  readonly networks: readonly WifiNetwork[];
  /** Seconds since the list was heard; `null` before the first scan. */
  readonly age_s: number | null;
  readonly join: JoinState;
  /** The machine's own setup network: a phone that is on it loses the page while it is away. */
  readonly hotspot: { readonly ssid: string; readonly up: boolean } | null;
  /** Listening again takes the hotspot down for some seconds; `away` says how long it still is. */
  readonly refresh:
    | { readonly kind: 'idle' }
    | { readonly kind: 'announced'; readonly starts_in_s: number }
    | { readonly kind: 'away'; readonly back_in_s: number };
  /** The network that has been proven and is in use. */
  readonly current: { readonly ssid: string; readonly address: string; readonly internet: boolean } | null;
  /** A cable that gave this machine an address: the wizard needs no Wi-Fi then. */
  readonly wired: { readonly address: string; readonly internet: boolean } | null;
  /** Where the page will be once the join is through, such as `http://b3iq-n7k4.local/`. */
  readonly next_url: string | null;
}
/** `POST /api/setup/networks/join` → 202 `NetworksAnswer`; follow it by polling `GET /api/setup/networks`. */
export const joinRequest = z.strictObject({
  ssid_hex: z.string().regex(/^([0-9a-f]{2}){1,32}$/),
  password: z.string().max(128).optional(),
  hidden: z.boolean().optional(),
  /** What a hidden network uses; a network in the list tells it by itself. */
  security: z.enum(['open', 'wpa2', 'wpa3', 'enterprise']).optional(),
  /** Enterprise networks only: who signs in, and how the network is known not to be an impostor. */
  identity: z.string().min(1).max(128).optional(),
  eap: z.enum(['peap', 'ttls']).optional(),
  /** PEM: whose word about the sign-in server counts. Without it every public authority’s does, if there is a name. */
  ca_certificate_pem: z.string().min(1).max(65_536).optional(),
  /** The sign-in server's name, or the end of it. With neither, nothing is checked and anybody can ask for the password. */
  server_domain: z.string().min(1).max(253).optional(),
});
export type JoinRequest = z.infer<typeof joinRequest>;
/** `POST /api/setup/networks/forget` → 200 `NetworksAnswer`: the proven network is dropped; the hotspot comes back. */
