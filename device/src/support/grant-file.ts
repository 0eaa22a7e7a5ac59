/**
 * What the machine remembers of its support grants. A file of its own, because grants come and go without the owner's
 * settings, and an older version of the system needs to read none of it.
 */
import { ID_PATTERNS } from '@b3iq/wire';
import { z } from 'zod';
import type { Format } from '../store/types.ts';

const time = z.iso.datetime();

/** One grant at rest. What it allows and until when is in the signed document alone; the token is nowhere. */
const storedGrant = z.strictObject({
  id: z.string().regex(ID_PATTERNS.grant),
  /** Whom the owner made it for. */
  name: z.string().min(1).max(64),
  hint: z.string().max(32),
  /** DSSE envelope of the `support-grant`. */
  document: z.looseObject({ payload: z.string(), payloadType: z.string(), signatures: z.array(z.unknown()) }),
  revoked_at: time.nullable(),
  last_used_at: time.nullable(),
});
export type StoredGrant = Readonly<z.infer<typeof storedGrant>>;

const grantFile = z.strictObject({
  /** A Host's own; an appliance has its label's. Drawn with the first grant. */
  claim_epoch: z.string().regex(ID_PATTERNS.claimEpoch).nullable(),
  /** Of the next grant. */
  next_seq: z.int().min(1),
  /** Oldest first. */
  grants: z.array(storedGrant),
});
export type GrantFile = Readonly<z.infer<typeof grantFile>>;

export const grantFormat: Format<GrantFile> = {
  version: 1,
  schema: grantFile,
  initial: { claim_epoch: null, next_seq: 1, grants: [] },
  migrations: [],
};
