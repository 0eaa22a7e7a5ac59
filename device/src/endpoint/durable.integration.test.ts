import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyReceiptProof } from '@b3iq/wire';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startOfUtcDay } from '../keys/budget.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keysSlice } from '../keys/types.ts';
import { systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { openSqliteLedger, type SqliteLedger } from '../receipts/sqlite-ledger.ts';
import { testIdentity } from '../receipts/test-call.ts';
import { memoryStore } from '../store/fake.ts';
import { CHAT, chatBody, type Rig, startRig } from './test-rig.ts';

const identity = testIdentity();
let folder: string;
let path: string;
let ledger: SqliteLedger;
let rig: Rig;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-durable-'));
  path = join(folder, 'ledger.sqlite');
  ledger = await openSqliteLedger({
    path,
    identity,
    clock: systemClock,
    log: memoryLog(),
    busyTimeoutMs: 50,
  });
  rig = await startRig({ ledger, limits: { queueLength: 300 } });
});
afterEach(async () => {
  await rig.close();
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

it('every answered call has its receipt on disk, provable alone, and nothing of what was said', async () => {
  const key = await rig.key();
  rig.fake.knobs.answer = 'MARKER-OUTPUT words';
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      rig.post(
        CHAT,
        key,
        chatBody({ stream: i % 2 === 0, messages: [{ role: 'user', content: `MARKER-PROMPT ${i}` }] }),
      ),
    ),
  );
  for (const { status, headers } of replies) {
    expect(status).toBe(200);
    const proof = await ledger.proof(String(headers['b3iq-receipt']));
    expect(verifyReceiptProof(proof, identity.publicKey)).toMatchObject({
      ok: true,
      receipt: { status: 'completed' },
    });
  }
  expect(await ledger.verify()).toMatchObject({ ok: true, receipts: 100 });
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    expect(bytes.includes('MARKER')).toBe(false);
    expect(bytes.includes(key.slice(11, 40))).toBe(false);
  }
});

it('no final answer is given while the ledger cannot be written, and all is well once it can', async () => {
  const key = await rig.key();
  const thief = new DatabaseSync(path);
  thief.exec('BEGIN IMMEDIATE');
  const refused = await rig.post(CHAT, key, chatBody());
  expect(refused).toMatchObject({ status: 503, json: { error: { code: 'ledger_unavailable' } } });
  thief.exec('ROLLBACK');
  thief.close();
  await waitFor(async () => (await rig.post(CHAT, key, chatBody())).status === 200, {
    timeoutMs: 5_000,
    what: 'an answer again',
  });
});

it('a key’s tokens of today and its last use come back from the ledger after a restart', async () => {
  const { key, secret } = await rig.keys.create({ name: 'x', tokens_per_day: 1_000 });
  await rig.post(CHAT, secret, chatBody());
  await rig.post(CHAT, secret, chatBody({ stream: true }));
  const before = rig.keys.list()[0];
  const { sha256: _, ...rest } = { sha256: '', ...before };
  const stored = keysSlice.parse([
    {
      id: rest.id,
      name: rest.name,
      hint: rest.hint,
      sha256: 'a'.repeat(64),
      scopes: rest.scopes,
      models: rest.models,
      requests_per_minute: null,
      tokens_per_day: rest.tokens_per_day,
      concurrency: null,
      priority: 'normal',
      expires_at: null,
      created_at: rest.created_at,
      revoked_at: null,
    },
  ]);
  const again = new KeyRing({ store: memoryStore(stored, keysSlice), clock: systemClock });
  again.restore(await ledger.usageSince(startOfUtcDay(Date.now())));
  expect(again.list()[0]).toMatchObject({ id: key.id, tokens_today: before?.tokens_today });
  expect(again.list()[0]?.tokens_today).toBeGreaterThan(0);
  expect(again.list()[0]?.last_used_at).not.toBeNull();
});
