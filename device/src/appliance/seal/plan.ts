/** What a machine is made of, from random bytes. Pure, so that it can be seen that nothing else goes into a secret. */
import {
  CROCKFORD,
  encodeBase32,
  newClaimEpoch,
  newLabelSecret,
  nodeIdOf,
  publicKeyOf,
  shortNameOf,
} from '@b3iq/wire';
import { formatKeyFile } from '../../identity/parse.ts';
import type { LabelSecrets } from './types.ts';

/** Bytes of randomness by use: no secret shares a bit with another. */
export const RANDOM_BYTES = { seed: 32, claimSecret: 5, hotspotPassword: 8, claimEpoch: 16 } as const;
export type Randomness = Readonly<Record<keyof typeof RANDOM_BYTES, Uint8Array>>;

/** 60 bits: out of reach for whoever records a phone joining and tries passwords at home. */
export const HOTSPOT_PASSWORD_LENGTH = 12;

export interface Newborn {
  /** The credential `identity`: the same text a Host keeps in its file. */
  readonly keyFile: string;
  readonly secrets: LabelSecrets;
  /** What others may know. */
  readonly facts: {
    readonly short_name: string;
    readonly node_id: string;
    readonly sealed_by: 'self';
    readonly claim_epoch: string;
    readonly hotspot_ssid: string;
  };
}

/** A machine that has made itself. @param random  bytes from a cryptographic source, as many as `RANDOM_BYTES` says */
export function planMachine(random: Randomness): Newborn {
  const nodeId = nodeIdOf(publicKeyOf(random.seed));
  const shortName = shortNameOf(nodeId);
  return {
    keyFile: formatKeyFile(random.seed, 0),
    secrets: {
      claim_secret: newLabelSecret(random.claimSecret),
      hotspot_password: encodeBase32(random.hotspotPassword, CROCKFORD)
        .slice(0, HOTSPOT_PASSWORD_LENGTH)
        .toLowerCase(),
    },
    facts: {
      short_name: shortName,
      node_id: nodeId,
      sealed_by: 'self',
      claim_epoch: newClaimEpoch(random.claimEpoch),
      hotspot_ssid: shortName,
    },
  };
}
