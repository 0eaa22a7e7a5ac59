import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CodedError } from '../errors.ts';
import { systemClock } from '../os/clock.ts';
import { fakeLedger } from '../receipts/fake.ts';
import { receiptRoutes } from '../receipts/routes.ts';
import { testCall, testIdentity } from '../receipts/test-call.ts';
import { memoryStore } from '../store/fake.ts';
import { KeyRing } from './key-ring.ts';
import { keyRoutes } from './routes.ts';
import { keysSlice } from './types.ts';

const store = () => memoryStore([], keysSlice);
const ledger = fakeLedger(testIdentity(), systemClock);
let settings: ReturnType<typeof store>;
let keys: KeyRing;
let server: Server;
let origin: string;
beforeEach(async () => {
  settings = store();
  keys = new KeyRing({ store: settings, clock: systemClock });
  const app = express().use(express.json());
  app.use('/api/keys', keyRoutes({ keys })).use('/api/receipts', receiptRoutes({ ledger }));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const coded = error instanceof CodedError ? error : new CodedError('internal');
    response.status(coded.status).json({ code: coded.code });
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is one
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function call(method: string, path: string, body?: unknown) {
  const reply = await fetch(origin + path, {
    method,
    headers: { 'content-type': 'application/json', connection: 'close' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON came
  const json: any = await reply.json();
  return { status: reply.status, headers: reply.headers, json };
}

it('the owner makes a key, sees it without its secret, and revokes it', async () => {
  const made = await call('POST', '/api/keys', { name: 'Notebook', requests_per_minute: 5 });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect(keys.authenticate(made.json.secret).id).toBe(made.json.key.id);
  const list = await call('GET', '/api/keys');
  expect(list.json.keys).toEqual([{ ...made.json.key, last_used_at: expect.any(String) }]);
  expect(JSON.stringify(list.json)).not.toContain(made.json.secret);
  const gone = await call('DELETE', `/api/keys/${made.json.key.id}`);
  expect(gone.json.revoked_at).not.toBeNull();
  expect(() => keys.authenticate(made.json.secret)).toThrow(/revoked/);
});

it('the owner changes a key, and its next use is by that', async () => {
  const made = await call('POST', '/api/keys', { name: 'Notebook', requests_per_minute: 5 });
  const path = `/api/keys/${made.json.key.id}`;
  const change = { name: 'Laptop', requests_per_minute: null, concurrency: 2, priority: 'background' };
  const changed = await call('PATCH', path, change);
  expect(changed).toMatchObject({ status: 200, json: { ...made.json.key, ...change } });
  expect(changed.json.secret).toBeUndefined();
  expect(keys.authenticate(made.json.secret)).toMatchObject({
    priority: 'background',
    limits: { requestsPerMinute: undefined, concurrency: 2 },
  });
  const before = keys.list();
  for (const body of [undefined, {}, [], { secret: 'x' }, { name: 'x', tokens_per_day: '5' }, { id: 'x' }])
    expect(await call('PATCH', path, body)).toMatchObject({ status: 400 });
  expect(await call('PATCH', '/api/keys/key_0000000000000000', { name: 'x' })).toMatchObject({
    status: 404,
    json: { code: 'key_not_found' },
  });
  settings.failNext(1);
  expect(await call('PATCH', path, { name: 'x' })).toMatchObject({ status: 507 });
  expect(keys.list()).toEqual(before);
  await call('DELETE', path);
  expect(await call('PATCH', path, { name: 'x' })).toMatchObject({
    status: 409,
    json: { code: 'key_revoked' },
  });
});

it('a wrong request changes nothing', async () => {
  for (const body of [
    {},
    { name: '' },
    { name: 'x', surprise: 1 },
    { name: 'x', scopes: [] },
    [],
    { name: 'x', concurrency: -1 },
  ])
    expect(await call('POST', '/api/keys', body)).toMatchObject({
      status: 400,
      json: { code: 'invalid_request' },
    });
  expect(await call('DELETE', '/api/keys/key_0000000000000000')).toMatchObject({
    status: 404,
    json: { code: 'key_not_found' },
  });
  settings.failNext(1);
  expect(await call('POST', '/api/keys', { name: 'x' })).toMatchObject({ status: 507 });
  expect(keys.list()).toEqual([]);
});

it('the owner reads receipts in pages, one with its proof, and has the chain proven', async () => {
  for (let i = 0; i < 3; i++) await ledger.append(testCall());
  const page = await call('GET', '/api/receipts?limit=2');
  expect(page.json).toMatchObject({ total: 3, next_before: 2, receipts: [{ seq: 3 }, { seq: 2 }] });
  expect((await call('GET', '/api/receipts?before=2')).json.receipts).toHaveLength(1);
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'before=0', 'before=1.5', 'limit=1&limit=2'])
    expect(await call('GET', `/api/receipts?${query}`)).toMatchObject({
      status: 400,
      json: { code: 'invalid_request' },
    });
  const proof = await call('GET', `/api/receipts/${page.json.receipts[0].id}`);
  expect(JSON.parse(proof.json.receipt).seq).toBe('3');
  expect(await call('GET', '/api/receipts/rcpt_none')).toMatchObject({
    status: 404,
    json: { code: 'receipt_not_found' },
  });
  expect((await call('POST', '/api/receipts/verify')).json).toMatchObject({ ok: true, receipts: 3 });
});
