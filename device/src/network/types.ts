/** What the machine knows about networks, and its part of the settings. Pure data. */
import type { JoinFailure, WifiNetwork } from '@b3iq/wire/local-api';
import { z } from 'zod';

/** The network the owner chose and that has been proven to work; its password stays with the radio. */
export const networkSlice = z.strictObject({
  intent: z
    .strictObject({ ssid_hex: z.string().regex(/^([0-9a-f]{2}){1,32}$/), hidden: z.boolean() })
    .nullable(),
});
export type NetworkSlice = Readonly<z.infer<typeof networkSlice>>;

/** One network as a radio hears it. `ssid` is 0–32 raw bytes chosen by a stranger. */
export interface HeardNetwork {
  readonly ssid: Uint8Array;
  readonly signalPercent: number;
  readonly security: WifiNetwork['security'];
}

/** What a radio is asked to join. */
export interface JoinOrder {
  readonly ssid: Uint8Array;
  readonly password: string | undefined;
  readonly hidden: boolean;
}

export const JOIN_PHASES = ['associating', 'address', 'internet'] as const;
export type JoinPhase = (typeof JOIN_PHASES)[number];

/** How a join ended. `internet: false` is still joined: local use needs none. */
export type JoinOutcome =
  | { readonly kind: 'joined'; readonly address: string; readonly internet: boolean }
  | { readonly kind: 'failed'; readonly reason: JoinFailure };
