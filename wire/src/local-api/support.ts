/**
 * `/api/support/*`: what a support bundle holds, the bundle itself, and who was let look at it.
 * Separate because few use it, and because a grant opens nothing but what stands here and the health readings.
 */
import { z } from 'zod';

/** One file of a bundle, told before it is made. */
export interface BundleFile {
  /** Such as `health/alerts.json`. */
  readonly path: string;
  /** One plain sentence on what is in it. */
  readonly holds: string;
}
/** `GET /api/support/contents` (owner or support grant). `GET /api/support/bundle` gives them as a `.tar.gz`. */
export interface BundleContentsAnswer {
  readonly files: readonly BundleFile[];
  /** What is never in it, in plain words. */
  readonly never: readonly string[];
}

/** Seconds a grant may live: five minutes to seven days (`MAX_GRANT_MS` of the signed document). */
export const GRANT_LIFE_S = { least: 300, most: 604_800, usual: 86_400 } as const;
/** `POST /api/support/grants` (owner) → 201 `NewGrantAnswer`. */
export const newGrantRequest = z.strictObject({
  /** Who it is for, so that the owner knows it again. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(/^[^\p{Cc}\p{Cf}]+$/u),
  expires_in_s: z.int().min(GRANT_LIFE_S.least).max(GRANT_LIFE_S.most).default(GRANT_LIFE_S.usual),
});
export type NewGrantRequest = z.input<typeof newGrantRequest>;
/** A grant as the owner sees it: it opens the bundle and the health readings, nothing else, and changes nothing. */
export interface GrantSummary {
  readonly id: string;
  readonly name: string;
  /** First characters of the token: `b3iq_support_Ab3d…`. */
  readonly hint: string;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
  /** To the minute; `null` when nobody came. */
  readonly last_used_at: string | null;
}
/** `GET /api/support/grants` (owner); newest first. `DELETE /api/support/grants/{id}` → 200 `GrantSummary`. */
export interface GrantsAnswer {
  readonly grants: readonly GrantSummary[];
}
export interface NewGrantAnswer {
  readonly grant: GrantSummary;
  /** Shown once: `Authorization: Bearer b3iq_support_…`. */
  readonly token: string;
  /** DSSE envelope of the `support-grant`, signed by this machine: shows a helper what was granted and until when. */
  readonly document: unknown;
}
