/**
 * Claim, owner and sessions as they lie in settings.json: only hashes, never a secret.
 * One slice, so that consuming the secret and creating the owner is one write. Pure data.
 */
import { SETUP_STEPS } from '@b3iq/wire/local-api';
import { z } from 'zod';

const hex256 = z.string().regex(/^[0-9a-f]{64}$/);
const timeMs = z.int().min(0);
const restMs = z.int().min(0);

/**
 * Tries that still count: for each, the milliseconds until it is forgotten, as of monotonic `at_ms` of process `run`.
 * A restart goes on with what is left; the wall clock has no say.
 */
export const tryCount = z.strictObject({
  rests_ms: z.array(restMs).max(32),
  run: z.string().max(64),
  at_ms: timeMs,
});
export type TryCount = Readonly<z.infer<typeof tryCount>>;

/** The secret that makes its bearer the owner. High-entropy tokens need no slow hash, eight label characters do. */
export const claimSecret = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('token'),
    sha256: hex256,
    /** Life left as of monotonic `at_ms` of process `run`, and the wall time it was written down. */
    rest_ms: restMs,
    run: z.string().max(64),
    at_ms: timeMs,
    saved_at_ms: timeMs,
  }),
  z.strictObject({ kind: z.literal('label'), salt: z.string().regex(/^[0-9a-f]{32}$/), scrypt: hex256 }),
]);
export type ClaimSecret = Readonly<z.infer<typeof claimSecret>>;

export const owner = z.strictObject({
  name: z.string().min(1).max(64),
  /** PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
  password: z.string().max(300),
  /** SHA-256 of the recovery code in its plain form. */
  recovery_sha256: hex256,
  created_at_ms: timeMs,
});
export type Owner = Readonly<z.infer<typeof owner>>;

export const session = z.strictObject({
  /** SHA-256 of the cookie's value. */
  sha256: hex256,
  created_at_ms: timeMs,
  /** Written at most once an hour. */
  seen_at_ms: timeMs,
});
export type Session = Readonly<z.infer<typeof session>>;

/** Sessions an owner can have at once; the one unused longest goes first. */
export const MAX_SESSIONS = 20;
/** Hashes of tokens that a newer one replaced, so that an old link is told from a wrong one. */
export const MAX_RETIRED = 4;

export const claimSlice = z
  .strictObject({
    secret: claimSecret.nullable(),
    retired_sha256: z.array(hex256).max(MAX_RETIRED),
    owner: owner.nullable(),
    sessions: z.array(session).max(MAX_SESSIONS),
    tries: z.strictObject({ claim: tryCount, sign_in: tryCount, recovery: tryCount }),
    /** Where the owner stands in the wizard; `null` until the owner has moved. */
    step: z.enum(SETUP_STEPS).nullable(),
  })
  .refine((slice) => slice.owner === null || slice.secret === null, 'an owned machine has no claim secret')
  .refine((slice) => slice.owner !== null || slice.sessions.length === 0, 'sessions belong to an owner');
export interface ClaimSlice {
  readonly secret: ClaimSecret | null;
  readonly retired_sha256: readonly string[];
  readonly owner: Owner | null;
  readonly sessions: readonly Session[];
  readonly tries: { readonly claim: TryCount; readonly sign_in: TryCount; readonly recovery: TryCount };
  readonly step: (typeof SETUP_STEPS)[number] | null;
}

const noTries: TryCount = { rests_ms: [], run: '', at_ms: 0 };
/** A machine nobody has touched. */
export const noClaim: ClaimSlice = {
  secret: null,
  retired_sha256: [],
  owner: null,
  sessions: [],
  tries: { claim: noTries, sign_in: noTries, recovery: noTries },
  step: null,
};
