/**
 * Local keys as they lie in settings.json and as the limiter sees them.
 * Separate so that the store can check its slice without knowing how keys work. Pure data.
 */
import { ID_PATTERNS } from '@b3iq/wire';
import { KEY_PRIORITIES, KEY_SCOPES } from '@b3iq/wire/local-api';
import { z } from 'zod';

const time = z.iso.datetime();
const limit = z.int().min(1).nullable();

/** One key at rest. The secret itself is nowhere: only its SHA-256. `null` limits mean none. */
export const storedKey = z.strictObject({
  id: z.string().regex(ID_PATTERNS.key),
  name: z.string().min(1).max(64),
  /** First characters of the secret, for telling keys apart. */
  hint: z.string().max(32),
  /** SHA-256 of the whole secret, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  models: z.array(z.string()).min(1).nullable(),
  requests_per_minute: limit,
  tokens_per_day: limit,
  concurrency: limit,
  priority: z.enum(KEY_PRIORITIES),
  expires_at: time.nullable(),
  created_at: time,
  revoked_at: time.nullable(),
});
export type StoredKey = Readonly<z.infer<typeof storedKey>>;

/** The slice `keys` of the settings file. Revoked keys stay, so that old receipts keep their names. */
export const keysSlice = z.array(storedKey);
export type KeysSlice = readonly StoredKey[];

/** Unrevoked keys a machine holds at most: enough for every app in a house, few enough to hold in memory. */
export const MAX_LIVE_KEYS = 1_000;
/** Revoked keys that are remembered; the oldest go first. */
export const MAX_REVOKED_KEYS = 1_000;

/** What a key allows, in the limiter's words. `undefined` is no limit. */
export interface KeyLimits {
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerDay: number | undefined;
  readonly concurrency: number | undefined;
}

const keysAsStored = z.looseObject({ keys: z.array(z.looseObject({})) });
/** Settings of before keys had a priority, with one. */
export function withPriorities(settings: unknown): object {
  const { keys, ...rest } = keysAsStored.parse(settings);
  return { ...rest, keys: keys.map((key) => ({ ...key, priority: 'normal' })) };
}
/** The way back. */
export function withoutPriorities(settings: unknown): object {
  const { keys, ...rest } = keysAsStored.parse(settings);
  return { ...rest, keys: keys.map(({ priority: _, ...key }) => key) };
}
