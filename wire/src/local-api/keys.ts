/**
 * Local keys: who may ask this machine, for what, how much. Separate because making a key and changing it read the same fields:
 * they stand here once.
 */
import { z } from 'zod';

export const KEY_SCOPES = ['inference', 'metrics'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
/** Whose calls go first when all have to wait, the most urgent first. Nobody is kept waiting for good. */
export const KEY_PRIORITIES = ['first', 'normal', 'background'] as const;
export type KeyPriority = (typeof KEY_PRIORITIES)[number];

const name = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u);
const scopes = z.array(z.enum(KEY_SCOPES)).min(1);
/** Model names this key may use; `null` is every model. */
const models = z.array(z.string().min(1).max(200)).min(1).max(100).nullable();
/** `null` means no limit. */
const limit = (max: number) => z.int().min(1).max(max).nullable();
const requestsPerMinute = limit(1_000_000);
const tokensPerDay = limit(10_000_000_000);
const concurrency = limit(10_000);
const priority = z.enum(KEY_PRIORITIES);
const expiresAt = z.iso.datetime().nullable();

/** `POST /api/keys` → 201 `NewKeyAnswer`. */
export const newKeyRequest = z.strictObject({
  name,
  scopes: scopes.default(['inference']),
  models: models.default(null),
  requests_per_minute: requestsPerMinute.default(null),
  tokens_per_day: tokensPerDay.default(null),
  concurrency: concurrency.default(null),
  priority: priority.default('normal'),
  expires_at: expiresAt.default(null),
});
export type NewKeyRequest = z.input<typeof newKeyRequest>;

/** `PATCH /api/keys/{id}` → 200 `LocalKey`. What is named changes, what is left out stays; the secret always stays. */
export const keyChange = z
  .strictObject({
    name: name.exactOptional(),
    scopes: scopes.exactOptional(),
    models: models.exactOptional(),
    requests_per_minute: requestsPerMinute.exactOptional(),
    tokens_per_day: tokensPerDay.exactOptional(),
    concurrency: concurrency.exactOptional(),
    priority: priority.exactOptional(),
    expires_at: expiresAt.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'expected at least one field to change' });
export type KeyChange = z.infer<typeof keyChange>;

export interface LocalKey {
  readonly id: string;
  readonly name: string;
  /** First characters of the secret, for telling keys apart: `b3iq_local_Ab3d…`. */
  readonly hint: string;
  readonly scopes: readonly KeyScope[];
  readonly models: readonly string[] | null;
  readonly requests_per_minute: number | null;
  readonly tokens_per_day: number | null;
  readonly concurrency: number | null;
  readonly priority: KeyPriority;
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
  readonly tokens_today: number;
}
export interface NewKeyAnswer {
  readonly key: LocalKey;
  /** Shown once. */
  readonly secret: string;
}
export interface KeysAnswer {
  readonly keys: readonly LocalKey[];
}
