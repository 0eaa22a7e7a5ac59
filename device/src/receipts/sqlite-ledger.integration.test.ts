import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFile,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyReceiptProof } from '@b3iq/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { openForWriting } from './database.ts';
import { MIGRATIONS, USAGE_BY_DAY } from './queries.ts';
import { verifyLedgerFile } from './reader.ts';
import { openSqliteLedger, type SqliteLedger, type SqliteLedgerOptions } from './sqlite-ledger.ts';
import { KEY_A, type TestIdentity, testCall, testIdentity } from './test-call.ts';

let folder: string;
let path: string;
let identity: TestIdentity;
let log: ReturnType<typeof memoryLog>;
const opened: SqliteLedger[] = [];

const open = async (rest: Partial<SqliteLedgerOptions> = {}) => {
  const ledger = await openSqliteLedger({ path, identity, clock: systemClock, log, ...rest });
  opened.push(ledger);
  return ledger;
};
const fill = (ledger: SqliteLedger, count: number) =>
  Promise.all(Array.from({ length: count }, () => ledger.append(testCall())));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-ledger-'));
  path = join(folder, 'ledger.sqlite');
  identity = testIdentity();
  log = memoryLog();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  await rm(folder, { recursive: true, force: true });
});

describe('the ledger on disk', () => {
  it('goes on where it stopped, and one chain runs through all restarts', async () => {
    for (let i = 0; i < 3; i++) {
      const ledger = await open();
      await fill(ledger, 10);
      await ledger.close();
    }
    const ledger = await open();
    expect((await ledger.total()).count).toBe(30);
    expect(await ledger.verify()).toMatchObject({ ok: true, receipts: 30 });
  });

  it('is one whole file once it was closed, so that a copy of it can be proven alone', async () => {
    const ledger = await open();
    await fill(ledger, 10);
    await ledger.list({ limit: 1 }); // the reading thread holds the file open too
    await ledger.close();
    const copy = join(folder, 'copy.sqlite');
    await copyFile(path, copy);
    expect(verifyLedgerFile(copy, identity.publicKey)).toMatchObject({ ok: true, receipts: 10 });
  });

  it('puts calls that end together into one commit, with a proof for each', async () => {
    const ledger = await open();
    await fill(ledger, 600);
    const { batches, ok } = await ledger.verify();
    expect(ok).toBe(true);
    expect(batches).toBeLessThan(10);
    const { receipts } = await ledger.list({ limit: 200 });
    for (const { id } of receipts.slice(0, 10))
      expect(verifyReceiptProof(await ledger.proof(id), identity.publicKey).ok).toBe(true);
  });

  it('counts use by its index: callers jump by jump, then each one’s days, never every receipt', async () => {
    const ledger = await open();
    await fill(ledger, 50);
    await ledger.close();
    const db = new DatabaseSync(path, { readOnly: true });
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${USAGE_BY_DAY}`).all(0, 1);
    db.close();
    const steps = plan.map(({ detail }) => String(detail));
    expect(steps.filter((step) => step.includes('SCAN receipts'))).toEqual([]);
    expect(steps).toContain(
      'SEARCH receipts USING INDEX receipts_by_caller (caller=? AND started_at_ms>? AND started_at_ms<?)',
    );
    expect(steps.filter((step) => step.includes('(caller>?)'))).toHaveLength(1);
  });

  it('is readable by its owner alone, journal included', async () => {
    const ledger = await open();
    await fill(ledger, 1);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  });

  it('can be proven offline, beside the running agent and without it', async () => {
    const ledger = await open();
    await fill(ledger, 20);
    expect(verifyLedgerFile(path, identity.publicKey)).toMatchObject({ ok: true, receipts: 20 });
    await ledger.close();
    expect(verifyLedgerFile(path, identity.publicKey)).toMatchObject({ ok: true, receipts: 20 });
    expect(verifyLedgerFile(path, testIdentity().publicKey)).toMatchObject({
      ok: false,
      first_break: { seq: 1 },
    });
    expect(() => verifyLedgerFile(join(folder, 'none.sqlite'), identity.publicKey)).toThrow(
      /cannot be opened/,
    );
  });

  it('names what somebody changed in the file behind its back', async () => {
    const ledger = await open();
    for (let i = 0; i < 4; i++) await fill(ledger, 5);
    await ledger.close();
    for (const [sql, seq] of [
      [
        `UPDATE receipts SET bytes = CAST(replace(CAST(bytes AS TEXT), '"30"', '"3"') AS BLOB) WHERE seq = 7`,
        7,
      ],
      ['UPDATE receipts SET tokens = 1 WHERE seq = 12', 12],
      ['DELETE FROM receipts WHERE seq = 3', 3],
      ['DELETE FROM receipts WHERE seq > 18', 19],
      ['DELETE FROM batches WHERE seq = (SELECT batch FROM receipts WHERE seq = 20)', undefined],
    ] as const) {
      const copy = join(folder, 'changed.sqlite');
      await copyFile(path, copy);
      const db = new DatabaseSync(copy);
      db.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
      db.close();
      const answer = verifyLedgerFile(copy, identity.publicKey);
      expect(answer.ok).toBe(false);
      if (seq !== undefined) expect(answer.first_break?.seq).toBe(seq);
      await rm(copy);
    }
  });

  it('holds no word of a prompt, an answer or a key: neither in the file nor in its journal', async () => {
    const ledger = await open();
    // Fields a careless caller might add.
    const careless = {
      ...testCall(),
      prompt: 'MARKER-PROMPT',
      output: 'MARKER-OUTPUT',
      key: 'b3iq_local_MARKER',
    };
    await ledger.append(careless);
    await fill(ledger, 20);
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name));
      expect(bytes.includes('MARKER')).toBe(false);
    }
    expect((await readFile(join(folder, 'ledger.sqlite-wal'))).includes(KEY_A)).toBe(true);
  });

  it('is not held up by one call that makes no receipt', async () => {
    const ledger = await open();
    const outcomes = await Promise.allSettled([
      ledger.append(testCall()),
      ledger.append(testCall({ model: 'bad\u0000name' })),
      ledger.append(testCall()),
      ledger.append(testCall()),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await ledger.verify()).toMatchObject({ ok: true, receipts: 3 });
  });
});

describe('a disk that fails', () => {
  it('refuses calls while another program holds the file, and goes on by itself afterwards', async () => {
    const ledger = await open({ busyTimeoutMs: 20 });
    await fill(ledger, 3);
    const thief = new DatabaseSync(path);
    thief.exec('BEGIN IMMEDIATE');
    await expect(ledger.append(testCall())).rejects.toMatchObject({
      code: 'ledger_unavailable',
      status: 503,
    });
    expect(ledger.problem()).toMatch(/Another program/);
    thief.exec('ROLLBACK');
    thief.close();
    await fill(ledger, 3);
    expect(ledger.problem()).toBeUndefined();
    expect(await ledger.verify()).toMatchObject({ ok: true, receipts: 6 });
    expect(log.lines.join('')).toContain('receipts.ledger_recovered');
  });

  it('is told by what failed: whoever only reads hears nothing of answers and receipts', async () => {
    await writeFile(path, 'no database '.repeat(400));
    const missing = join(folder, 'none.sqlite');
    expect(() => verifyLedgerFile(missing, identity.publicKey)).toThrow(/exists and may be read/);
    const ledger = await open();
    const told = await ledger.list({ limit: 1 }).catch((error: Error) => error.message);
    expect(told).toMatch(/no receipt ledger/);
    expect(told).not.toMatch(/without a receipt/);
  });

  it('that is full refuses calls and loses none it took; with room again it goes on', async () => {
    const small = await open({ maxBytes: 200_000 });
    let acked = 0;
    let refusal: unknown;
    while (refusal === undefined) {
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => small.append(testCall())));
      acked += outcomes.filter(({ status }) => status === 'fulfilled').length;
      refusal = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    }
    expect(refusal).toMatchObject({ code: 'ledger_unavailable' });
    expect(small.problem()).toMatch(/disk is full/);
    await small.close();
    const roomy = await open();
    expect((await roomy.total()).count).toBe(acked);
    await fill(roomy, 5);
    expect(await roomy.verify()).toMatchObject({ ok: true, receipts: acked + 5 });
  });

  it('or a file that is no ledger does not stop the agent; calls are refused with what to do', async () => {
    await writeFile(path, 'this is no database, but it is somebody’s file. '.repeat(100));
    const ledger = await open();
    await expect(ledger.append(testCall())).rejects.toMatchObject({ code: 'ledger_damaged' });
    expect(ledger.problem()).toMatch(/Set it aside/);
    await rm(path);
    await ledger.append(testCall());
    expect(ledger.problem()).toBeUndefined();
  });

  it('that is damaged is set aside as it was, byte for byte, and a new one begins at once', async () => {
    const text = 'this is no database, but it is somebody’s file. '.repeat(100);
    await writeFile(path, text);
    await writeFile(`${path}.damaged`, 'an earlier one');
    const ledger = await open();
    await expect(ledger.list({ limit: 5 })).rejects.toMatchObject({ code: 'ledger_damaged' });
    expect(await ledger.setAside()).toEqual({ kept_as: 'ledger.sqlite.damaged-2' });
    expect(await readFile(`${path}.damaged-2`, 'utf8')).toBe(text);
    await ledger.append(testCall());
    expect(await ledger.list({ limit: 5 })).toMatchObject({ total: 1, damaged: false });
    await ledger.close();
    const again = await open();
    expect(await again.verify()).toMatchObject({ ok: true, receipts: 1 });
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('an earlier one');
  });

  it('with pages that cannot be read is set aside when its owner asks', async () => {
    const ledger = await open();
    await fill(ledger, 200);
    await ledger.close();
    const file = await openFile(path, 'r+');
    await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, 3 * 4096);
    await file.close();
    const again = await open();
    expect(await again.setAside()).toEqual({ kept_as: 'ledger.sqlite.damaged' });
    await again.append(testCall());
    expect(await again.total()).toMatchObject({ count: 1 });
  });

  it('nothing is added to a chain whose last batch does not hold', async () => {
    const ledger = await open();
    await fill(ledger, 5);
    await ledger.close();
    const db = new DatabaseSync(path);
    db.exec('UPDATE receipts SET tokens = 1 WHERE seq = 5');
    db.close();
    const again = await open();
    await expect(again.append(testCall())).rejects.toThrow(/not as this machine left it/);
    // What was there can still be read, and says that nothing can be added.
    expect(await again.list({ limit: 5 })).toMatchObject({ total: 5, damaged: true });
    await again.setAside();
    await again.append(testCall());
    expect(await again.list({ limit: 5 })).toMatchObject({ total: 1, damaged: false });
  });
});

describe('an older file', () => {
  it('of another key is put aside whole, and a new chain begins', async () => {
    const ledger = await open();
    await fill(ledger, 5);
    await ledger.close();
    const old = identity;
    identity = testIdentity();
    const fresh = await open();
    await fill(fresh, 2);
    expect(await fresh.verify()).toMatchObject({ ok: true, receipts: 2 });
    const archive = (await readdir(folder)).find((name) => name.endsWith('.archive')) ?? '';
    expect(verifyLedgerFile(join(folder, archive), old.publicKey)).toMatchObject({ ok: true, receipts: 5 });
    expect(log.lines.join('')).toContain('receipts.chain_archived');
  });

  it('is copied before its schema is changed, and a newer one is left alone', async () => {
    const ledger = await open();
    await fill(ledger, 3);
    await ledger.close();
    const next = [...MIGRATIONS, { note: 'for the test', sql: 'ALTER TABLE batches ADD COLUMN extra TEXT;' }];
    openForWriting(path, { migrations: next }).close();
    const backup = new DatabaseSync(`${path}.v1.backup`, { readOnly: true });
    expect(backup.prepare('SELECT count(*) AS n FROM receipts').get()).toEqual({ n: 3 });
    backup.close();
    const older = await open();
    await expect(older.append(testCall())).rejects.toThrow(/newer version/);
  });

  describe('while a newer version is on trial', () => {
    const next = [
      ...MIGRATIONS,
      { note: 'for the test', sql: 'CREATE TABLE more (a); ALTER TABLE batches ADD COLUMN extra TEXT;' },
    ];
    const onTrial = { migrations: next, isOnTrial: true };

    it('keeps its form and takes no receipt, and after a roll-back the version before goes on with it', async () => {
      const before = await open();
      await fill(before, 3);
      await before.close();
      const newer = await open(onTrial);
      await expect(newer.append(testCall())).rejects.toMatchObject({
        code: 'update_on_trial',
        facts: { retryAfterS: 60 },
      });
      await newer.close();
      expect(log.lines.join('')).not.toContain('"error"');
      const older = await open();
      await fill(older, 2);
      expect(await older.verify()).toMatchObject({ ok: true, receipts: 5 });
    });

    it('is brought to the new form, with a copy of the old one, once that version has proven itself', async () => {
      const before = await open();
      await fill(before, 3);
      await before.close();
      const newer = await open(onTrial);
      await expect(newer.append(testCall())).rejects.toMatchObject({ code: 'update_on_trial' });
      await newer.prove();
      expect(newer.problem()).toBeUndefined();
      await fill(newer, 2);
      expect((await newer.total()).count).toBe(5);
      await newer.close();
      expect(await readdir(folder)).toContain('ledger.sqlite.v1.backup');
      await expect((await open()).append(testCall())).rejects.toThrow(/newer version/);
    });

    it('is not begun in a form that the version before may not know', async () => {
      const newer = await open(onTrial);
      await expect(newer.append(testCall())).rejects.toMatchObject({ code: 'update_on_trial' });
      await newer.close();
      const older = await open({ isOnTrial: true });
      await fill(older, 2);
      expect(await older.verify()).toMatchObject({ ok: true, receipts: 2 });
    });

    it('tells a step that fails on this file before anybody calls the version good', async () => {
      await (await open()).close();
      const broken = [...MIGRATIONS, { note: 'for the test', sql: 'CREATE TABLE half (a); nonsense;' }];
      const newer = await open({ migrations: broken, isOnTrial: true });
      await expect(newer.append(testCall())).rejects.toMatchObject({ code: 'ledger_unavailable' });
      await newer.close();
      await fill(await open(), 2);
    });
  });

  it('is as it was when a step of its schema fails', async () => {
    openForWriting(path).close();
    const broken = [...MIGRATIONS, { note: 'for the test', sql: 'CREATE TABLE half (a); nonsense;' }];
    expect(() => openForWriting(path, { migrations: broken })).toThrow();
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").get()).toBeUndefined();
    db.close();
  });
});

describe('kill -9 under load', () => {
  it('loses no receipt that was acknowledged, however often it strikes', async () => {
    const key = identity.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const acked: string[] = [];
    for (let round = 0; round < 3; round++) {
      const child: ChildProcess = spawn(
        process.execPath,
        [join(import.meta.dirname, 'kill-child.ts'), path, key],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
          // What `node --watch` sets: Node then sends messages of its own through each thread's port.
          env: { ...process.env, ...(round === 0 ? { WATCH_REPORT_DEPENDENCIES: '1' } : {}) },
        },
      );
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      // A different number each time, so that it strikes at different moments of a commit.
      const enough = 27 * (40 + Math.floor(Math.random() * 400));
      await waitFor(() => text.length >= enough, { timeoutMs: 20_000, what: 'receipts', everyMs: 1 });
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      acked.push(...text.split('\n').filter((id) => id.length === 31));
    }
    const ledger = await open();
    const verdict = await ledger.verify();
    expect(verdict).toMatchObject({ ok: true, first_break: null });
    const db = new DatabaseSync(path, { readOnly: true });
    const kept = new Set(
      db
        .prepare('SELECT id FROM receipts')
        .all()
        .map(({ id }) => String(id)),
    );
    db.close();
    // What three strikes at their earliest leave.
    expect(acked.length).toBeGreaterThan(90);
    expect(acked.filter((id) => !kept.has(id))).toEqual([]);
    await fill(ledger, 3);
    expect((await ledger.verify()).receipts).toBe(verdict.receipts + 3);
  });
});
