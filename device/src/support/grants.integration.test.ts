import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeIdOf, parseNodeId, readDocument, supportGrant, Verifier } from '@b3iq/wire';
import type { GrantSummary, NewGrantAnswer } from '@b3iq/wire/local-api';
import { nodeVerifyKey } from '@b3iq/wire/sign-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { ROUTES, type RouteRow } from '../http/roles.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keysSlice } from '../keys/types.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { testIdentity } from '../receipts/test-call.ts';
import { memoryStore } from '../store/fake.ts';
import { openStore } from '../store/open.ts';
import { type GrantFile, grantFormat } from './grant-file.ts';
import { GrantBook } from './grants.ts';

const identity = testIdentity();
const nodeId = nodeIdOf(identity.publicKey);
let clock: FakeClock;
let log: ReturnType<typeof memoryLog>;
let store: ReturnType<typeof memoryStore<GrantFile>>;
let grants: GrantBook;
let machine: Machine;
let cookie: string;
const book = (from = store, claimEpoch?: string) =>
  new GrantBook({ store: from, identity: { ...identity, nodeId }, claimEpoch, clock, log });

beforeEach(async () => {
  clock = new FakeClock(Date.UTC(2026, 10, 22));
  log = memoryLog();
  store = memoryStore(grantFormat.initial, grantFormat.schema);
  grants = book();
  machine = await startMachine({
    grants,
    support: { makeBundle: async () => new Uint8Array([9]), grants, clock },
  });
  ({ cookie } = await machine.claimNow());
});
afterEach(() => machine.close());

const asOwner = (method: string, path: string, body?: unknown) =>
  machine.ask(path, { method, headers: { cookie }, ...(body === undefined ? {} : { body }) });
const make = async (body: object = { name: 'Grace, support' }) => {
  const answer = await asOwner('POST', '/api/support/grants', body);
  expect(answer.status).toBe(201);
  return answer.json as NewGrantAnswer; // checked by use below
};
const withToken = (token: string, path: string, method = 'GET') =>
  machine.ask(path, { method, headers: { authorization: `Bearer ${token}` } });
const listed = async () =>
  ((await asOwner('GET', '/api/support/grants')).json as { grants: GrantSummary[] }).grants;

describe('a support grant', () => {
  it('is signed by the machine, says what and until when, and is kept as a hash', async () => {
    const { grant, token, document } = await make({ name: ' Grace ', expires_in_s: 3600 });
    expect(token).toMatch(/^b3iq_support_[0-9A-Za-z]{49}$/);
    const key = nodeVerifyKey(identity.publicKey);
    const verifier = new Verifier(key ? [{ key, payloadTypes: [supportGrant.payloadType] }] : []);
    expect(readDocument(supportGrant, verifier, document)).toMatchObject({
      ok: true,
      document: {
        jti: grant.id,
        seq: '1',
        scope: 'diagnostics',
        exp: '2026-11-22T01:00:00.000Z',
        aud: { node_id: nodeId },
      },
    });
    expect(grant).toMatchObject({
      name: 'Grace',
      state: 'live',
      last_used_at: null,
      hint: `${token.slice(0, 17)}…`,
    });
    expect(JSON.stringify(store.read())).not.toContain(token);
    expect(log.lines.join('')).not.toContain(token.slice(0, 17));
    expect((await make()).grant.expires_at).toBe('2026-11-23T00:00:00.000Z');
  });

  it('opens diagnostics and nothing else', async () => {
    const { token } = await make();
    const open: string[] = [];
    for (const [key, row] of Object.entries<RouteRow>(ROUTES)) {
      const [method = '', path = ''] = key.split(' ');
      if (row.role === 'anyone') continue;
      const { status } = await withToken(token, path.replace(':id', 'x'), method);
      if (status === 200) open.push(key);
      else expect([401, 403], key).toContain(status);
    }
    expect(open).toEqual([
      'GET /api/health',
      'GET /api/health/history',
      'GET /api/health/alerts',
      'GET /api/support/contents',
      'GET /api/support/bundle',
    ]);
    expect((await withToken(token, '/v1/receipts')).status).toBe(401);
  });

  it('shows readings without a name, where the owner sees all', async () => {
    const { token } = await make();
    expect((await withToken(token, '/api/health')).json).toMatchObject({ engines: [] });
    expect((await withToken(token, '/api/health/alerts')).json).toEqual({ alerts: [] });
    expect((await withToken(token, '/api/health')).json).toHaveProperty('gpus');
  });

  it('ends with the next request when it is revoked, and stays ended', async () => {
    const { token, grant } = await make();
    expect((await withToken(token, '/api/support/bundle')).status).toBe(200);
    expect((await asOwner('DELETE', `/api/support/grants/${grant.id}`)).json).toMatchObject({
      state: 'revoked',
    });
    expect((await withToken(token, '/api/support/bundle')).json).toMatchObject({
      error: { code: 'unauthorized' },
    });
    const again = book();
    expect(() => again.authenticate(token)).toThrow(/ended this support grant/);
    expect((await asOwner('DELETE', '/api/support/grants/grant_x')).json).toMatchObject({
      error: { code: 'grant_not_found' },
    });
  });

  it('ends by itself, and a clock set back does not revive it', async () => {
    const { token } = await make({ name: 'x', expires_in_s: 300 });
    clock.advance(299_000);
    expect((await withToken(token, '/api/health')).status).toBe(200);
    clock.advance(1_000);
    expect((await withToken(token, '/api/health')).json).toMatchObject({ error: { code: 'grant_expired' } });
    expect((await listed())[0]).toMatchObject({ state: 'expired' });
    const later = await make({ name: 'y' });
    clock.jump(-200_000);
    expect((await withToken(token, '/api/health')).json).toMatchObject({ error: { code: 'grant_expired' } });
    expect((await withToken(later.token, '/api/health')).status).toBe(200);
  });

  it('is listed with its last use, also after a restart', async () => {
    const { token } = await make();
    clock.advance(60_000);
    await withToken(token, '/api/health');
    expect((await listed())[0]?.last_used_at).toBe('2026-11-22T00:01:00.000Z');
    await waitFor(() => store.read().grants[0]?.last_used_at, {
      timeoutMs: 5_000,
      what: 'the use is written',
    });
    expect(book().list()[0]?.last_used_at).toBe('2026-11-22T00:01:00.000Z');
    const writes = store.writes();
    for (let i = 0; i < 5; i += 1) await withToken(token, '/api/health');
    expect(store.writes()).toBe(writes);
  });

  it('lets in even when the disk is full', async () => {
    const { token } = await make();
    store.failNext(1);
    expect((await withToken(token, '/api/support/bundle')).status).toBe(200);
    await waitFor(() => log.lines.some((line) => line.includes('support.use_not_written')), {
      timeoutMs: 5_000,
      what: 'the log says so',
    });
  });

  it.each([
    {},
    { name: '' },
    { name: 'a\nb' },
    { name: 'x', expires_in_s: 299 },
    { name: 'x', expires_in_s: 604_801 },
    { name: 'x', scope: 'all' },
  ])('is not made from %j', async (body) => {
    expect((await asOwner('POST', '/api/support/grants', body)).status).toBe(400);
    expect(await listed()).toEqual([]);
  });

  it('is made at most twenty times at once', async () => {
    for (let i = 0; i < 20; i += 1) await make();
    expect(await asOwner('POST', '/api/support/grants', { name: 'one more' })).toMatchObject({ status: 400 });
    clock.advance(86_400_000);
    await make();
  });

  it('is nothing once it was changed on the disk, or came from another machine or life', async () => {
    const { token } = await make({ name: 'x', expires_in_s: 300 });
    const { token: other } = await make({ name: 'y', expires_in_s: 604_800 });
    const file = store.read();
    const [short, long] = file.grants;
    if (short === undefined || long === undefined) throw new Error('two grants were made');
    const forged = {
      ...file,
      grants: [
        { ...short, document: long.document },
        { ...long, id: short.id },
      ],
    };
    expect(book(memoryStore(forged, grantFormat.schema)).list()).toEqual([]);
    expect(() => book(memoryStore(forged, grantFormat.schema)).authenticate(token)).toThrow(/does not know/);
    expect(() => book(store, 'ab'.repeat(16)).authenticate(other)).toThrow(/does not know/);
    const stranger = testIdentity();
    const elsewhere = new GrantBook({
      store,
      identity: { ...stranger, nodeId: nodeIdOf(stranger.publicKey) },
      claimEpoch: undefined,
      clock,
      log,
    });
    expect(() => elsewhere.authenticate(other)).toThrow(/does not know/);
    expect(parseNodeId(nodeId)).toBe(nodeId);
  });

  it('is no local key, and a local key is none', async () => {
    const keys = new KeyRing({ store: memoryStore([], keysSlice), clock });
    const { secret } = await keys.create({ name: 'x', scopes: ['inference', 'metrics'] });
    expect((await withToken(secret, '/api/support/bundle')).json).toMatchObject({
      error: { code: 'unauthorized' },
    });
    expect(() => keys.authenticate('b3iq_support_x')).toThrow(/not a key of this kind/);
  });
});

it('the file of grants opens, is written and read again', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-grants-'));
  try {
    const options = { dir, name: 'grants', format: grantFormat, clock, log } as const;
    const first = await openStore(options);
    const { token } = await new GrantBook({
      store: first.store,
      identity: { ...identity, nodeId },
      claimEpoch: undefined,
      clock,
      log,
    }).create({ name: 'x' });
    const second = await openStore(options);
    const again = new GrantBook({
      store: second.store,
      identity: { ...identity, nodeId },
      claimEpoch: undefined,
      clock,
      log,
    });
    again.authenticate(token);
    await again.close();
    expect(second.store.read().grants[0]?.last_used_at).toBe('2026-11-22T00:00:00.000Z');
    expect(await readFile(join(dir, 'grants.json'), 'utf8')).not.toContain(token);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
