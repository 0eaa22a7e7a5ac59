/** Commands that need no agent, on a real identity and a real ledger in a state folder of their own. */
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bytesToHex, newReceiptId } from '@b3iq/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openIdentity } from '../identity/open.ts';
import type { Identity } from '../identity/port.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { openSqliteLedger } from '../receipts/sqlite-ledger.ts';
import { drained, fakeIo } from './fakes/io.ts';
import { runCli } from './main.ts';

/** Made once: an identity in `identity/`, its ledger of three receipts in `ledger/`. Each test works on copies. */
let made: string;
let identity: Identity;
let proofOfSecond: unknown;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'b3iq-offline-made-'));
  const opened = await openIdentity({ stateFolder: join(made, 'identity'), log: memoryLog() });
  if (opened.kind !== 'ready') throw new Error(opened.reason);
  identity = opened.identity;
  await mkdir(join(made, 'ledger'));
  proofOfSecond = await makeLedger(join(made, 'ledger', 'ledger.sqlite'));
});
afterAll(() => rm(made, { recursive: true, force: true }));

let folder: string;
let state: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-offline-'));
  state = join(folder, 'state');
  await cp(join(made, 'identity'), state, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function host(...args: string[]) {
  const io = fakeIo({ input: '', env: { B3IQ_STATE_DIR: state } });
  const exitCode = await runCli(args, io);
  return { exitCode, ...(await drained(io)) };
}

/** Three receipts in the state folder, and the proof of the second. */
async function fillLedger(): Promise<unknown> {
  await cp(join(made, 'ledger'), state, { recursive: true });
  return proofOfSecond;
}

async function makeLedger(path: string): Promise<unknown> {
  const clock = new FakeClock();
  const ledger = await openSqliteLedger({ path, identity, clock, log: memoryLog() });
  const ids = [1, 2, 3].map((n) => newReceiptId(clock.now(), new Uint8Array(10).fill(n)));
  try {
    for (const id of ids)
      await ledger.append({
        id,
        endpoint: '/v1/chat/completions',
        model: 'b3iq-selftest',
        caller: 'owner',
        status: 'completed',
        httpStatus: 200,
        promptTokens: 3,
        completionTokens: 5,
        tokenSource: 'engine',
        startedAtMs: clock.now(),
        durationMs: 12,
      });
    return await ledger.proof(ids[1] ?? '');
  } finally {
    await ledger.close();
  }
}

function tamper(sql: string): void {
  const db = new DatabaseSync(join(state, 'ledger.sqlite'));
  db.exec(sql);
  db.close();
}

describe('receipts verify with the agent stopped', () => {
  test('proves the chain with this machine’s own key', async () => {
    await fillLedger();
    const ran = await host('receipts', 'verify');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^The chain is whole: 3 receipts in \d signed batch/);
    expect(ran.stderr).toContain('The agent is stopped');
  });

  test('proves a copy with a key given as hex, as a public record or as a backup', async () => {
    await fillLedger();
    const ledger = join(folder, 'copy.sqlite');
    // What a killed agent leaves: the file and the journal beside it.
    for (const name of await readdir(state))
      if (name.startsWith('ledger.sqlite'))
        await copyFile(join(state, name), name.replace('ledger.sqlite', ledger));
    const key = bytesToHex(identity.publicKey);
    for (const trusted of [
      ['--public-key', key],
      ['--identity-file', join(state, 'identity.public.json')],
      ['--identity-file', join(state, 'identity.json')],
    ]) {
      const ran = await host('receipts', 'verify', '--file', ledger, ...trusted, '--json');
      expect(JSON.parse(ran.stdout)).toMatchObject({ ok: true, receipts: 3, first_break: null });
    }
    const other = await host('receipts', 'verify', '--file', ledger, '--public-key', 'ab'.repeat(32));
    expect(other.exitCode).toBe(1);
  });

  test('still proves it when the private key is lost', async () => {
    await fillLedger();
    await unlink(join(state, 'identity.json'));
    expect(await host('receipts', 'verify')).toMatchObject({ exitCode: 0 });
  });

  test('names the first receipt that was changed or taken away', async () => {
    await fillLedger();
    tamper(
      "UPDATE receipts SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"12\"', '\"13\"') || ' ' AS BLOB) WHERE seq >= 2",
    );
    const changed = await host('receipts', 'verify', '--json');
    expect(changed.exitCode).toBe(1);
    expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, first_break: { seq: 2 } });
    tamper('DELETE FROM receipts WHERE seq = 1');
    const gone = await host('receipts', 'verify');
    expect(gone.stdout).toContain('The chain breaks at receipt 1: ');
  });

  test('a ledger that is not there is a refusal, not a crash', async () => {
    const ran = await host('receipts', 'verify');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('(ledger_unavailable)');
  });

  test('an identity file that is none is said to be none', async () => {
    const path = join(folder, 'x.json');
    await writeFile(path, '{}');
    expect(await host('receipts', 'verify', '--file', path, '--identity-file', path)).toMatchObject({
      exitCode: 2,
    });
  });
});

test('one receipt is proven alone, and not after a change', async () => {
  const proof = JSON.stringify(await fillLedger());
  const path = join(folder, 'proof.json');
  await writeFile(path, proof);
  const key = ['--public-key', bytesToHex(identity.publicKey)];
  const genuine = await host('receipts', 'verify', '--proof', path, ...key);
  expect(genuine).toMatchObject({ exitCode: 0, stderr: '' });
  expect(genuine.stdout).toMatch(/^The receipt is genuine: number 2, completed, 3 tokens in, 5 out, /);
  expect(await host('receipts', 'verify', '--proof', path)).toMatchObject({ exitCode: 0 });
  await writeFile(path, proof.replace('\\"3\\"', '\\"4\\"'));
  const changed = await host('receipts', 'verify', '--proof', path, ...key, '--json');
  expect(changed.exitCode).toBe(1);
  expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, stage: 'root' });
  const other = await host('receipts', 'verify', '--proof', path, '--public-key', 'ab'.repeat(32));
  expect(other.stdout).toContain('is not proven');
});

describe('identity', () => {
  test('is shown without its secret', async () => {
    const ran = await host('identity', 'show', '--json');
    expect(JSON.parse(ran.stdout)).toEqual({
      state: 'ready',
      name: identity.shortName,
      node_id: identity.nodeId,
      public_key: bytesToHex(identity.publicKey),
      custody: 'file',
      predecessors: [],
    });
    const { seed } = JSON.parse(await readFile(join(state, 'identity.json'), 'utf8'));
    expect(seed).toMatch(/^[0-9a-f]{64}$/);
    for (const flags of [[], ['--json']])
      expect((await host('identity', 'show', ...flags)).stdout).not.toContain(seed);
  });

  test('is backed up, lost, and restored', async () => {
    const backup = join(folder, 'backup.json');
    expect(await host('identity', 'backup', '--to', backup)).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect((await host('identity', 'backup', '--to', backup)).exitCode).toBe(1);
    expect((await host('identity', 'backup', '--to', join(folder, 'no', 'where'))).exitCode).toBe(2);
    await unlink(join(state, 'identity.json'));
    const lost = await host('identity', 'show');
    expect(lost.exitCode).toBe(1);
    expect(lost.stdout).toContain('the private key is lost');
    const restored = await host('identity', 'restore', '--from', backup);
    expect(restored.exitCode).toBe(0);
    expect(restored.stdout).toContain(identity.nodeId);
  });

  test('is not restored from anything else', async () => {
    const path = join(folder, 'backup.json');
    await writeFile(path, '{"seed":"00"}');
    expect((await host('identity', 'restore', '--from', path)).exitCode).toBe(1);
    expect((await host('identity', 'restore', '--from', join(folder, 'nowhere'))).exitCode).toBe(2);
    await writeFile(path, Buffer.alloc(1 << 20, 'x'));
    expect((await host('identity', 'restore', '--from', path)).exitCode).toBe(2);
  });

  test('is renewed only when it is lost and that is meant', async () => {
    expect((await host('identity', 'renew')).exitCode).toBe(2);
    expect((await host('identity', 'renew', '--yes')).stderr).toContain('has a working identity');
    await unlink(join(state, 'identity.json'));
    const renewed = await host('identity', 'renew', '--yes', '--json');
    expect(renewed.exitCode).toBe(0);
    const now = JSON.parse(renewed.stdout);
    expect(now.node_id).not.toBe(identity.nodeId);
    const before = { node_id: identity.nodeId, public_key: bytesToHex(identity.publicKey) };
    expect(now.predecessors).toEqual([before]);
    expect((await host('identity', 'show')).stdout).toContain(`public key ${before.public_key}`);
  });

  test('of a machine that never started is none, and looking makes none', async () => {
    const fresh = join(folder, 'fresh');
    await mkdir(fresh);
    const ran = await host('identity', 'show', '--state-dir', fresh);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain('none yet');
    expect((await host('identity', 'backup', '--to', join(folder, 'b'), '--state-dir', fresh)).exitCode).toBe(
      1,
    );
    expect((await host('identity', 'show', '--state-dir', fresh, '--json')).stdout).toContain('absent');
  });
});
