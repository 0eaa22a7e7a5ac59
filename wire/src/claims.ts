/**
 * Claims that signed documents share, and the one judgement over them: is this for me, now, from this key's time?
 * Separate from the documents because a verifier asks the same questions of each, and pure: time and memory come in.
 */
import * as z from 'zod/mini';
import { claimEpoch, nodeId } from './fields.ts';
import type { ClaimEpoch, NodeId } from './ids.ts';
import { type Time, timeToMs } from './time.ts';

/** For whom: a machine, and its life since the last factory reset. What was for the owner before is not for this one. */
export const audience = z.strictObject({ node_id: nodeId, claim_epoch: claimEpoch });
export type Audience = z.infer<typeof audience>;

/** Who issues: a node id, or a fixed name such as `registry`. Which key may speak for it is the verifier's list. */
export const issuer = z.string().check(z.regex(/^[a-z][a-z0-9._-]{0,63}$/));

/** How far a clock may be ahead of ours: 5 minutes, as much as an unsynchronised board drifts in a month. */
export const CLOCK_SKEW_MS = 300_000;

/** The claims of a document that says when and for whom; a kind that has fewer leaves them out. */
export interface Claims {
  readonly aud?: Audience;
  readonly iat: Time;
  readonly exp?: Time;
  readonly key_epoch?: number;
}

/** What the verifier knows of itself. */
export interface Circumstances {
  readonly nodeId: NodeId;
  readonly claimEpoch: ClaimEpoch;
  /** Wall clock, Unix ms. */
  readonly nowMs: number;
  /** The latest time this machine is sure of, Unix ms; it never goes back, so a clock set back revives nothing. */
  readonly floorMs: number;
  /** The highest key epoch seen from this issuer. */
  readonly keyEpoch: number;
}

export const CLAIM_FAULTS = ['other-node', 'other-claim', 'not-yet', 'expired', 'old-key'] as const;
export type ClaimFault = (typeof CLAIM_FAULTS)[number];

/** The first thing wrong with the claims, or undefined. The order is: whom, when, which key. */
export function judgeClaims(claims: Claims, here: Circumstances): ClaimFault | undefined {
  const { aud, iat, exp, key_epoch: epoch } = claims;
  if (aud !== undefined && aud.node_id !== here.nodeId) return 'other-node';
  if (aud !== undefined && aud.claim_epoch !== here.claimEpoch) return 'other-claim';
  const nowMs = Math.max(here.nowMs, here.floorMs);
  if (timeToMs(iat) > nowMs + CLOCK_SKEW_MS) return 'not-yet';
  if (exp !== undefined && timeToMs(exp) <= nowMs) return 'expired';
  if (epoch !== undefined && epoch < here.keyEpoch) return 'old-key';
  return undefined;
}
