/**
 * All local keys: makes, lists, changes, revokes and recognises them.
 * Separate so that the hot path asks memory alone; the settings file is written when a key is made, changed or revoked,
 * never because one was used.
 */
import {
  type KeyChange,
  keyChange,
  type LocalKey,
  type NewKeyAnswer,
  type NewKeyRequest,
  newKeyRequest,
} from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Store } from '../store/port.ts';
import { spend, spentOn } from './budget.ts';
import type { Keys, LiveKey } from './port.ts';
import { readWish } from './read-wish.ts';
import { hashSecret, hintOf, judgeSecret, mintKeyId, mintSecret } from './secret.ts';
import { changeRate, newMeter } from './state.ts';
import { type KeyLimits, type KeysSlice, MAX_LIVE_KEYS, MAX_REVOKED_KEYS, type StoredKey } from './types.ts';

/** What each caller spent today and when it last called, as the ledger tells it. */
export type KeyUsage = ReadonlyMap<string, { readonly tokens: number; readonly lastAtMs: number }>;

interface Entry extends LiveKey {
  readonly stored: StoredKey;
  readonly expiresAtMs: number;
}

export class KeyRing implements Keys {
  readonly #store: Store<KeysSlice>;
  readonly #clock: Clock;
  readonly #byId = new Map<string, Entry>();
  readonly #byHash = new Map<string, Entry>();

  constructor(deps: { readonly store: Store<KeysSlice>; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.reload();
  }

  /** Reads the settings again, as after a factory reset or a restored backup. Meters of known keys go on counting. */
  reload(): void {
    const stored = this.#store.read();
    const known = new Map(this.#byId);
    this.#byId.clear();
    this.#byHash.clear();
    for (const key of stored) {
      const entry = this.#entry(key, known.get(key.id));
      this.#byId.set(key.id, entry);
      this.#byHash.set(key.sha256, entry);
    }
  }

  /** Takes up where the ledger left off. Call once, before the first request. */
  restore(usage: KeyUsage): void {
    const now = this.#clock.now();
    for (const [caller, { tokens, lastAtMs }] of usage) {
      const entry = this.#byId.get(caller);
      if (entry === undefined) continue;
      spend(entry.meter.budget, now, tokens);
      entry.lastUsedAtMs = Math.max(entry.lastUsedAtMs ?? 0, lastAtMs);
    }
  }

  authenticate(secret: string): LiveKey {
    const entry = this.#byHash.get(hashSecret(secret));
    if (entry === undefined) throw unknownKey(secret);
    if (entry.stored.revoked_at !== null)
      throw new CodedError(
        'unauthorized',
        'This key was revoked. Ask the owner of this machine for a new one.',
      );
    const now = this.#clock.now();
    if (now >= entry.expiresAtMs)
      throw new CodedError(
        'key_expired',
        `This key expired at ${entry.stored.expires_at}. Ask for a new one.`,
      );
    entry.lastUsedAtMs = now;
    return entry;
  }

  /** Makes a key. Its secret is in the answer and nowhere else.
   *  @throws invalid_request when a field is wrong or there are too many keys, store_write_failed */
  async create(request: NewKeyRequest): Promise<NewKeyAnswer> {
    const now = this.#clock.now();
    const wanted = readWish(newKeyRequest, request, now);
    const secret = mintSecret();
    const stored: StoredKey = {
      id: mintKeyId(),
      hint: hintOf(secret),
      sha256: hashSecret(secret),
      ...wanted,
      created_at: new Date(now).toISOString(),
      revoked_at: null,
    };
    await this.#store.update((keys) => {
      if (keys.filter((key) => key.revoked_at === null).length >= MAX_LIVE_KEYS)
        throw new CodedError(
          'invalid_request',
          `This machine already has ${MAX_LIVE_KEYS} keys. Revoke one that is no longer needed first.`,
        );
      return [...keys, stored];
    });
    return { key: this.#reread(stored.id), secret };
  }

  /** Every key, newest first, revoked ones included. */
  list(): readonly LocalKey[] {
    return [...this.#byId.values()].reverse().map((entry) => this.#describe(entry));
  }

  /** Changes what `request` names; once this resolves, the key's next request counts by it. What it used stays used.
   *  @throws invalid_request when a field is wrong, key_not_found, key_revoked, store_write_failed; nothing is changed then */
  async change(id: string, request: KeyChange): Promise<LocalKey> {
    const change = readWish(keyChange, request, this.#clock.now());
    await this.#store.update((keys) => {
      const before = keys.find((key) => key.id === id);
      if (before === undefined) throw new CodedError('key_not_found');
      if (before.revoked_at !== null) throw new CodedError('key_revoked');
      return keys.map((key) => (key === before ? { ...key, ...change } : key));
    });
    return this.#reread(id);
  }

  /** Ends a key: once this resolves, no request with it gets in. Revoking twice changes nothing.
   *  @throws key_not_found, store_write_failed */
  async revoke(id: string): Promise<LocalKey> {
    if (!this.#byId.has(id)) throw new CodedError('key_not_found');
    const at = new Date(this.#clock.now()).toISOString();
    await this.#store.update((keys) =>
      forgetOldest(
        keys.map((key) => (key.id === id && key.revoked_at === null ? { ...key, revoked_at: at } : key)),
      ),
    );
    return this.#reread(id);
  }

  /** Has the settings count from here on. @throws key_not_found when `id` is no longer in them */
  #reread(id: string): LocalKey {
    this.reload();
    const entry = this.#byId.get(id);
    if (entry === undefined) throw new CodedError('key_not_found');
    return this.#describe(entry);
  }

  /** Keys that work right now. */
  activeCount(): number {
    const now = this.#clock.now();
    let count = 0;
    for (const { stored, expiresAtMs } of this.#byId.values())
      if (stored.revoked_at === null && now < expiresAtMs) count += 1;
    return count;
  }

  #entry(stored: StoredKey, known: Entry | undefined): Entry {
    const limits: KeyLimits = {
      requestsPerMinute: stored.requests_per_minute ?? undefined,
      tokensPerDay: stored.tokens_per_day ?? undefined,
      concurrency: stored.concurrency ?? undefined,
    };
    const now = this.#clock.monotonicMs();
    if (known !== undefined) changeRate(known.meter, known.limits, limits, now);
    return {
      id: stored.id,
      stored,
      scopes: stored.scopes,
      models: stored.models === null ? undefined : new Set(stored.models),
      limits,
      priority: stored.priority,
      expiresAtMs: stored.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(stored.expires_at),
      meter: known?.meter ?? newMeter(limits, now),
      lastUsedAtMs: known?.lastUsedAtMs,
    };
  }

  #describe({ stored, meter, lastUsedAtMs }: Entry): LocalKey {
    const { sha256: _, ...shown } = stored;
    return {
      ...shown,
      last_used_at: lastUsedAtMs === undefined ? null : new Date(lastUsedAtMs).toISOString(),
      tokens_today: spentOn(meter.budget, this.#clock.now()),
    };
  }
}

function unknownKey(secret: string): CodedError {
  const verdict = judgeSecret(secret);
  return new CodedError(
    'unauthorized',
    verdict === 'mistyped'
      ? 'That key has a typing mistake: its last characters do not fit the rest. Copy it again.'
      : verdict === 'foreign'
        ? 'That is not a key of this kind of machine. Local keys begin with `b3iq_local_`.'
        : 'This machine does not know that key. Make a new one on the dashboard.',
  );
}

function forgetOldest(keys: readonly StoredKey[]): readonly StoredKey[] {
  const revoked = keys.filter((key) => key.revoked_at !== null);
  if (revoked.length <= MAX_REVOKED_KEYS) return keys;
  const dead = new Set(
    revoked
      .toSorted((a, b) => ((a.revoked_at ?? '') < (b.revoked_at ?? '') ? -1 : 1))
      .slice(0, revoked.length - MAX_REVOKED_KEYS),
  );
  return keys.filter((key) => !dead.has(key));
}
