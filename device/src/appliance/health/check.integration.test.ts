import { mkdtemp } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkHealth } from './check.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener, path?: string): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  return path === undefined ? (server.address() as AddressInfo).port : 0; // a listening TCP server
}

/** An agent as far as the gate sees it: path → answer. */
async function agent(answers: Readonly<Record<string, unknown>>, page = '<!doctype html><html>Setup</html>') {
  const controlSocket = join(await mkdtemp(join(tmpdir(), 'b3iq-health-')), 'control.sock');
  const asked: string[] = [];
  await serve((request, response) => {
    const key = `${request.method} ${request.url}`;
    asked.push(key);
    const answer = answers[key];
    response
      .writeHead(answer === undefined ? 503 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? { error: {} }));
    request.resume();
  }, controlSocket);
  const pagePort = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  );
  const check = () => checkHealth({ controlSocket, pagePort, limitMs: 300, everyMs: 20 });
  return { check, asked };
}

const health = (state: string) => ({ 'GET /health': { status: 'ok', version: '1', state } });
const models = (self_test: boolean, state: string) => ({
  'GET /api/models': { models: [{ id: self_test ? 'b3iq-selftest' : 'mine', self_test, state }] },
});
const said = { choices: [{ message: { content: 'No.' } }] };

test('an unclaimed machine is good when its page answers, whatever its engine does', async () => {
  const { check } = await agent({ ...health('unclaimed'), ...models(true, 'failed') });
  expect(await check()).toEqual({ isGood: true, reason: 'the setup page answers' });
});

test('a claimed machine must answer through its endpoint', async () => {
  const base = { ...health('claimed'), ...models(true, 'ready') };
  expect((await (await agent({ ...base, 'POST /api/playground/chat': said })).check()).isGood).toBe(true);
  const silent = await (await agent({ ...base, 'POST /api/playground/chat': { choices: [] } })).check();
  expect(silent).toMatchObject({ isGood: false, reason: expect.stringContaining('endpoint') });
});

test('a machine whose receipts wait for this verdict is judged by the answer alone', async () => {
  const base = { ...health('claimed'), ...models(true, 'ready') };
  const waiting = { 'POST /api/playground/chat': { error: { code: 'update_on_trial' } } };
  const good = await agent({ ...base, ...waiting, 'POST /api/self-test': {} });
  expect(await good.check()).toMatchObject({
    isGood: true,
    reason: expect.stringContaining('receipts wait'),
  });
  expect((await (await agent({ ...base, ...waiting })).check()).isGood).toBe(false);
  const other = { 'POST /api/playground/chat': { error: { code: 'ledger_unavailable' } } };
  expect((await (await agent({ ...base, ...other, 'POST /api/self-test': {} })).check()).isGood).toBe(false);
});

test('an owner’s model is never asked: the image’s own answers beside it', async () => {
  const { check, asked } = await agent({
    ...health('claimed'),
    ...models(false, 'failed'),
    'POST /api/self-test': {},
  });
  expect((await check()).isGood).toBe(true);
  expect(asked).not.toContain('POST /api/playground/chat');
});

test('an agent that is not there, or serves something else than the page, is named when the time is over', async () => {
  const nobody = await checkHealth({
    controlSocket: '/nowhere/control.sock',
    pagePort: 1,
    limitMs: 60,
    everyMs: 20,
  });
  expect(nobody).toMatchObject({ isGood: false, reason: expect.stringContaining('agent') });
  const { check } = await agent(health('unclaimed'), 'The pages are not built yet');
  expect(await check()).toMatchObject({ isGood: false, reason: expect.stringContaining('setup page') });
});
