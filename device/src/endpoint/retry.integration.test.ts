/** When a request may go out twice. The engine here is a bare socket, so that each byte and each reset is ours. */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Engine } from '../engine/port.ts';
import { EngineRegistry } from '../engine/registry/registry.ts';
import { systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type FakeLedger, fakeLedger } from '../receipts/fake.ts';
import { testIdentity } from '../receipts/test-call.ts';
import { createEndpoint } from './endpoint.ts';
import { chatBody } from './test-rig.ts';

const BODY = JSON.stringify({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

type Act = (socket: Socket) => void;
const answer: Act = (socket) => void socket.write(ANSWER);
const reset: Act = (socket) => void socket.resetAndDestroy();
const close: Act = (socket) => void socket.end();
/** Part of a status line, then nothing more. */
const begin: Act = (socket) => void socket.write('HTTP/1.1 2', () => socket.resetAndDestroy());

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of closers.splice(0).reverse()) await stop();
});

/** An endpoint whose engine meets its n-th request with the n-th act, and answers all later ones. */
async function start(acts: readonly Act[]) {
  const heard: Socket[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (head === -1 || text.length < head + 4 + length) return;
      text = '';
      heard.push(socket);
      (acts[heard.length - 1] ?? answer)(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const engine: Engine = {
    id: 'bare',
    model: {
      id: 'b3iq-selftest',
      label: 'Bare',
      selfTest: true,
      contextTokens: 1_024,
      sizeBytes: 0,
      capabilities: ['chat'],
    },
    address: { kind: 'origin', origin: `http://127.0.0.1:${port}` },
    slots: 4,
    state: () => ({ name: 'ready' }),
    onChange: () => () => undefined,
    countPrompt: async () => 1,
    start: async () => undefined,
    stop: async () => undefined,
  };
  const ledger: FakeLedger = fakeLedger(testIdentity(), systemClock);
  const endpoint = createEndpoint({
    engines: new EngineRegistry([engine]),
    keys: { authenticate: () => expect.fail('no key is used here') },
    ledger,
    clock: systemClock,
    log: memoryLog(),
    nodeState: () => 'claimed',
    hosts: () => new Set(['127.0.0.1']),
  });
  const front = createHttpServer(endpoint.handleAs('owner'));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await endpoint.close();
    front.closeAllConnections();
    await new Promise((resolve) => front.close(resolve));
  });
  const at = `http://127.0.0.1:${(front.address() as AddressInfo).port}/`; // same
  const ask = async () => (await fetch(at, { method: 'POST', body: JSON.stringify(chatBody()) })).status;
  return { ask, heard, ledger };
}

it.each([
  ['reset', reset],
  ['closed', close],
])('a kept-alive connection that is %s just as the next request goes out costs nothing', async (_, act) => {
  const { ask, heard, ledger } = await start([answer, act]);
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(200);
  expect(heard).toHaveLength(3);
  expect(heard[1]).toBe(heard[0]); // the connection was a reused one
  expect(heard[2]).not.toBe(heard[0]);
  expect(ledger.calls.map(({ status }) => status)).toEqual(['completed', 'completed']);
});

it.each([
  ['a fresh connection that breaks', [reset], 1],
  ['a fresh connection that closes', [close], 1],
  ['a reused connection that breaks in the middle of an answer', [answer, begin], 2],
] as const)('%s is an error, and the request is not sent again', async (_, acts, asked) => {
  const { ask, heard, ledger } = await start(acts);
  for (let i = 1; i < asked; i++) expect(await ask()).toBe(200);
  expect(await ask()).toBe(503);
  expect(heard).toHaveLength(asked);
  expect(ledger.calls.at(-1)).toMatchObject({ status: 'failed', httpStatus: 503 });
});

it('asks only once more, however often it happens', async () => {
  const { ask, heard } = await start([answer, reset, reset]);
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(503);
  expect(heard).toHaveLength(3);
});
