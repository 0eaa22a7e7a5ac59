/**
 * A support grant: the owner lets somebody look at diagnostics, for a while, on this machine only.
 * Separate from local keys because it is signed, so that it can be checked, and shown to be ended, without the machine.
 */
import * as z from 'zod/mini';
import { audience } from './claims.ts';
import { payloadTypeOf } from './document.ts';
import { counter, grantId, nodeId, sha256Hex, time, whole } from './fields.ts';
import { timeToMs } from './time.ts';

export const SUPPORT_GRANT_TYPE = payloadTypeOf('support-grant', 1);
/** 7 days: a longer case asks the owner again. */
export const MAX_GRANT_MS = 7 * 86_400_000;

/** Version 1, signed by the node's key on its owner's command. */
export const supportGrant = {
  payloadType: SUPPORT_GRANT_TYPE,
  schema: z
    .strictObject({
      iss: nodeId,
      aud: audience,
      jti: grantId,
      /** One more for each grant of this machine. */
      seq: counter,
      iat: time,
      /** Later than `iat`, by MAX_GRANT_MS at most. */
      exp: time,
      key_epoch: whole(),
      /** Diagnostics and nothing else: no prompts, no keys, no changes. */
      scope: z.literal('diagnostics'),
      /** SHA-256 of the `b3iq_support_…` token, which is shown once and never stored. */
      token_sha256: sha256Hex,
    })
    .check(
      z.refine((grant) => grant.iss === grant.aud.node_id, { error: 'expected iss to be the node in aud' }),
      z.refine((grant) => isWithin(timeToMs(grant.exp) - timeToMs(grant.iat)), {
        error: 'expected exp within 7 days after iat',
      }),
    ),
} as const;

export type SupportGrant = z.infer<typeof supportGrant.schema>;

function isWithin(lifeMs: number): boolean {
  return lifeMs > 0 && lifeMs <= MAX_GRANT_MS;
}
