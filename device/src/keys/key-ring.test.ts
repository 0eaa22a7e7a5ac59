import type { KeyChange, NewKeyRequest } from '@b3iq/wire/local-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../errors.ts';
import { FakeClock } from '../os/clock.ts';
import type { Store } from '../store/port.ts';
import { KeyRing } from './key-ring.ts';
import { base62, hashSecret, judgeSecret, KEY_PATTERN, mintKeyId, mintSecret } from './secret.ts';
import { type KeysSlice, keysSlice, MAX_LIVE_KEYS, MAX_REVOKED_KEYS } from './types.ts';

/** A store in memory that counts its writes and can be told to fail. */
class MemoryStore implements Store<KeysSlice> {
  value: KeysSlice = [];
  writes = 0;
  broken = false;
  read(): KeysSlice {
    return this.value;
  }
  async update(change: (value: KeysSlice) => KeysSlice): Promise<KeysSlice> {
    const next = change(this.value);
    await Promise.resolve();
    if (this.broken) throw new CodedError('store_write_failed');
    this.writes += 1;
    this.value = keysSlice.parse(JSON.parse(JSON.stringify(next)));
    return this.value;
  }
}

const request = (rest: Partial<NewKeyRequest> = {}): NewKeyRequest => ({ name: 'Notebook', ...rest });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
  return 'none';
};

let store: MemoryStore;
let clock: FakeClock;
let ring: KeyRing;
beforeEach(() => {
  store = new MemoryStore();
  clock = new FakeClock();
  ring = new KeyRing({ store, clock });
});

describe('the text of a key', () => {
  it('has a fixed form, also for the smallest and largest random numbers', () => {
    for (const byte of [0, 255]) {
      const secret = mintSecret(new Uint8Array(32).fill(byte));
      expect(secret).toMatch(KEY_PATTERN);
      expect(judgeSecret(secret)).toBe('well-formed');
    }
    expect(mintKeyId(new Uint8Array(16))).toBe('key_0000000000000000');
    expect(base62(61n, 2)).toBe('0z');
  });

  it('shows a typo anywhere in it', () => {
    const secret = mintSecret();
    for (let at = 'b3iq_local_'.length; at < secret.length; at++) {
      const other = secret[at] === 'A' ? 'B' : 'A';
      expect(judgeSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBe('mistyped');
    }
    expect(judgeSecret('sk-abc')).toBe('foreign');
  });
});

describe('the key ring', () => {
  it('shows the secret once and keeps only its hash', async () => {
    const { key, secret } = await ring.create(request());
    expect(JSON.stringify(store.value)).not.toContain(secret);
    expect(JSON.stringify(store.value)).toContain(hashSecret(secret));
    expect(JSON.stringify(ring.list())).not.toContain(secret);
    expect(JSON.stringify(ring.list())).not.toContain(hashSecret(secret));
    expect(secret.startsWith(key.hint.slice(0, -1))).toBe(true);
    expect(key.hint).toHaveLength('b3iq_local_'.length + 5);
    expect(ring.authenticate(secret).id).toBe(key.id);
  });

  it('does not write the settings when a key is used, and still knows when', async () => {
    const { secret } = await ring.create(request());
    clock.advance(5_000);
    for (let i = 0; i < 100; i++) ring.authenticate(secret);
    expect(store.writes).toBe(1);
    expect(ring.list()[0]?.last_used_at).toBe('2026-01-01T00:00:05.000Z');
  });

  it('says apart a key with a typo, a foreign key, an unknown, a revoked and an expired one', async () => {
    const { key, secret } = await ring.create(request({ expires_at: '2026-01-01T01:00:00.000Z' }));
    expect(() => ring.authenticate(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)).toThrow(
      /typing mistake/,
    );
    expect(() => ring.authenticate('sk-proj-123')).toThrow(/begin with/);
    expect(() => ring.authenticate(mintSecret())).toThrow(/does not know/);
    clock.advance(3_600_000 - 1);
    expect(ring.authenticate(secret).id).toBe(key.id);
    clock.advance(1);
    expect(codeOf(() => ring.authenticate(secret))).toBe('key_expired');
    expect(ring.activeCount()).toBe(0);
    await ring.revoke(key.id);
    expect(() => ring.authenticate(secret)).toThrow(/revoked/);
  });

  it('keeps a revoked key in the list, and revoking twice keeps the first time', async () => {
    const { key } = await ring.create(request());
    const first = await ring.revoke(key.id);
    clock.advance(1_000);
    expect((await ring.revoke(key.id)).revoked_at).toBe(first.revoked_at);
    expect(ring.list()).toHaveLength(1);
    await expect(ring.revoke('key_0000000000000000')).rejects.toMatchObject({
      code: 'key_not_found',
    });
  });

  it('changes what is named of a key and nothing else, for its very next use', async () => {
    const made = await ring.create(request({ tokens_per_day: 100, expires_at: '2026-01-01T01:00:00.000Z' }));
    ring.authenticate(made.secret).meter.active = 1;
    const wanted: KeyChange = { name: ' Laptop ', priority: 'first', tokens_per_day: null, concurrency: 3 };
    const changed = await ring.change(made.key.id, wanted);
    expect(changed).toEqual({
      ...made.key,
      name: 'Laptop',
      priority: 'first',
      tokens_per_day: null,
      concurrency: 3,
      last_used_at: '2026-01-01T00:00:00.000Z',
    });
    const live = ring.authenticate(made.secret);
    expect(live).toMatchObject({ priority: 'first', limits: { tokensPerDay: undefined, concurrency: 3 } });
    expect(live.meter.active).toBe(1);
    expect(new KeyRing({ store, clock }).authenticate(made.secret)).toMatchObject({ priority: 'first' });
    clock.advance(3_600_000);
    await ring.change(made.key.id, { expires_at: '2026-01-01T02:00:00.000Z' }); // more time, also afterwards
    expect(ring.authenticate(made.secret).id).toBe(made.key.id);
  });

  it('refuses a change as a whole: a wrong field, a foreign one, none, an unknown or a revoked key', async () => {
    const { key, secret } = await ring.create(request({ requests_per_minute: 2 }));
    const wrong: readonly (readonly [object, string])[] = [
      [{}, ''],
      [{ name: '' }, 'name'],
      [{ name: 'Good', concurrency: 0 }, 'concurrency'],
      [{ name: 'Good', secret: 'b3iq_local_mine' }, ''],
      [{ name: 'Good', sha256: 'a'.repeat(64) }, ''],
      [{ name: 'Good', revoked_at: null }, ''],
      [JSON.parse('{"name":"Good","__proto__":{"priority":"first"}}'), ''],
      [{ scopes: [] }, 'scopes'],
      [{ priority: 'urgent' }, 'priority'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ];
    for (const [change, param] of wrong)
      await expect(ring.change(key.id, change)).rejects.toMatchObject({
        code: 'invalid_request',
        facts: { param },
      });
    const good: KeyChange = { name: 'Good' };
    await expect(ring.change('key_0000000000000000', good)).rejects.toMatchObject({ code: 'key_not_found' });
    expect(store.writes).toBe(1);
    expect(ring.list()).toEqual([key]);
    await ring.revoke(key.id);
    await expect(ring.change(key.id, good)).rejects.toMatchObject({ code: 'key_revoked' });
    expect(ring.list()[0]?.name).toBe('Notebook');
    expect(() => ring.authenticate(secret)).toThrow(/revoked/);
  });

  it('changes nothing when the disk is full', async () => {
    const { key, secret } = await ring.create(request());
    store.broken = true;
    await expect(ring.create(request())).rejects.toMatchObject({ code: 'store_write_failed' });
    await expect(ring.revoke(key.id)).rejects.toMatchObject({ code: 'store_write_failed' });
    await expect(ring.change(key.id, { name: 'x' })).rejects.toMatchObject({ code: 'store_write_failed' });
    expect(ring.list()).toEqual([key]);
    expect(ring.authenticate(secret).id).toBe(key.id);
  });

  it('names the field that is wrong', async () => {
    const wrong: readonly (readonly [Partial<NewKeyRequest>, string])[] = [
      [{ name: '' }, 'name'],
      [{ name: 'x\u0000' }, 'name'],
      [{ tokens_per_day: 0 }, 'tokens_per_day'],
      [{ models: [] }, 'models'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ];
    for (const [fields, param] of wrong)
      await expect(ring.create(request(fields))).rejects.toMatchObject({
        code: 'invalid_request',
        facts: { param },
      });
    expect(store.writes).toBe(0);
  });

  it('takes up today’s tokens and the last use from the ledger after a restart', async () => {
    const { key, secret } = await ring.create(request({ tokens_per_day: 100 }));
    const again = new KeyRing({ store, clock });
    again.restore(
      new Map([
        [key.id, { tokens: 70, lastAtMs: clock.now() - 5 }],
        ['owner', { tokens: 5, lastAtMs: 1 }],
      ]),
    );
    expect(again.list()[0]).toMatchObject({ tokens_today: 70, last_used_at: '2025-12-31T23:59:59.995Z' });
    expect(again.authenticate(secret).limits.tokensPerDay).toBe(100);
  });

  it('goes on counting over a reload', async () => {
    const { secret } = await ring.create(request({ concurrency: 1 }));
    ring.authenticate(secret).meter.active = 1;
    ring.reload();
    expect(ring.authenticate(secret).meter.active).toBe(1);
  });

  it('holds a bounded number of keys', async () => {
    const { key } = await ring.create(request());
    const template = store.value[0];
    if (template === undefined) throw new Error('expected a key');
    const copy = (i: number, revoked: string | null) => ({
      ...template,
      id: mintKeyId(),
      sha256: hashSecret(`${i}`),
      revoked_at: revoked,
    });
    store.value = [
      template,
      ...Array.from({ length: MAX_LIVE_KEYS - 1 }, (_, i) => copy(i, null)),
      ...Array.from({ length: MAX_REVOKED_KEYS }, (_, i) => copy(i + 5_000, '2025-01-01T00:00:00.000Z')),
    ];
    ring.reload();
    await expect(ring.create(request())).rejects.toThrow(/already has/);
    await ring.revoke(key.id);
    expect(store.value.filter((k) => k.revoked_at !== null)).toHaveLength(MAX_REVOKED_KEYS);
    expect(ring.list().some((k) => k.id === key.id)).toBe(true);
  });
});
