/** A whole endpoint for tests: real HTTP, fake engine, real key ring, and whichever ledger the test brings. */
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NewKeyRequest, NodeState } from '@b3iq/wire/local-api';
import { afterEach } from 'vitest';
import { type FakeEngine, type FakeEngineOptions, startFakeEngine } from '../engine/fake.ts';
import { EngineRegistry } from '../engine/registry/registry.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keysSlice } from '../keys/types.ts';
import { type Clock, systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type FakeLedger, fakeLedger } from '../receipts/fake.ts';
import type { Ledger } from '../receipts/port.ts';
import { testIdentity } from '../receipts/test-call.ts';
import { memoryStore } from '../store/fake.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { guardServer, SERVER_OPTIONS } from './server-options.ts';
import { DEFAULT_LIMITS, type EndpointLimits } from './types.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON came
  readonly json: any;
}

export interface Rig {
  readonly port: number;
  readonly fake: FakeEngine;
  /** Holds the fake; a test may add more. */
  readonly engines: EngineRegistry;
  readonly keys: KeyRing;
  readonly endpoint: Endpoint;
  readonly ledger: FakeLedger;
  readonly log: ReturnType<typeof memoryLog>;
  state: NodeState;
  /** A fresh key's secret. */
  key(rest?: Partial<NewKeyRequest>): Promise<string>;
  /** Sends `body` (JSON unless bytes or text) and reads the whole answer. */
  post(
    path: string,
    secret: string | undefined,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  get(path: string, secret?: string): Promise<Reply>;
  /** A chat whose client may leave at any time; failing is no error then. */
  call(secret: string, body: object, path?: string): ClientRequest;
  /** The same once its first bytes are there. */
  open(secret: string, body: object): Promise<IncomingMessage>;
  /** Runs when the rig is closed. */
  after(step: () => Promise<unknown>): void;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly engine?: FakeEngineOptions;
  readonly limits?: Partial<EndpointLimits>;
  readonly clock?: Clock;
  readonly server?: Partial<typeof SERVER_OPTIONS> | Record<string, number>;
  /** Instead of the fake one. */
  readonly ledger?: Ledger;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const clock = options.clock ?? systemClock;
  const fake = await startFakeEngine(options.engine);
  const engines = new EngineRegistry([fake.engine]);
  const keys = new KeyRing({ store: memoryStore([], keysSlice), clock });
  const ledger = fakeLedger(testIdentity(), clock);
  const log = memoryLog();
  const endpoint = createEndpoint({
    engines,
    keys,
    ledger: options.ledger ?? ledger,
    clock,
    log,
    nodeState: () => rig.state,
    hosts: () => new Set(['127.0.0.1', 'localhost']),
    limits: options.limits ?? {},
  });
  const playground = endpoint.handleAs('owner');
  const server = createServer({ ...SERVER_OPTIONS, ...options.server }, (request, response) => {
    if (request.url === '/playground') playground(request, response);
    else if (!endpoint.handle(request, response)) response.writeHead(299).end('not the endpoint’s');
  });
  guardServer(server, options.limits?.maxBodyBytes ?? DEFAULT_LIMITS.maxBodyBytes);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const last: (() => Promise<unknown>)[] = [];
  const rig: Rig = {
    port,
    fake,
    engines,
    keys,
    endpoint,
    ledger,
    log,
    state: 'claimed',
    key: async (rest = {}) => (await keys.create({ name: 'Test', ...rest })).secret,
    post: (path, secret, body, headers = {}) => {
      const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
      return send(port, 'POST', path, secret, bytes, headers);
    },
    get: (path, secret) => send(port, 'GET', path, secret, undefined, {}),
    call: (secret, body, path) => {
      const request = chat(port, secret, path).on('error', () => {});
      return request.end(JSON.stringify(body));
    },
    open: (secret, body) =>
      new Promise((resolve, reject) => {
        const request = chat(port, secret).on('error', reject);
        request.on('response', (response) => {
          response.once('data', () => resolve(response)).on('error', () => {});
        });
        request.end(JSON.stringify(body));
      }),
    after: (step) => void last.push(step),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await endpoint.close();
      await fake.stop();
      for (const step of last) await step();
    },
  };
  return rig;
}

function chat(port: number, secret: string, path = CHAT): ClientRequest {
  return httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${secret}` },
    agent: false,
  });
}

function send(
  port: number,
  method: string,
  path: string,
  secret: string | undefined,
  body: string | Buffer | undefined,
  extra: Record<string, string>,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { ...extra };
    if (secret !== undefined) headers.authorization = `Bearer ${secret}`;
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const request = httpRequest(
      { port, host: '127.0.0.1', method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          let json: unknown;
          try {
            json = JSON.parse(text);
          } catch {
            json = undefined; // a stream
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** `startRig` for the tests of one file: what a test started is closed behind it. */
export function rigStarter(): typeof startRig {
  const open: Rig[] = [];
  afterEach(async () => {
    for (const rig of open.splice(0)) await rig.close();
  });
  return async (options) => {
    const rig = await startRig(options);
    open.push(rig);
    return rig;
  };
}

export const CHAT = '/v1/chat/completions';
/** A chat request's body. */
export const chatBody = (rest: object = {}) => ({
  model: 'b3iq-selftest',
  messages: [{ role: 'user', content: 'one two three' }],
  ...rest,
});
/** Tokens the fake counts for `chatBody`: three words and four for the message. */
export const CHAT_PROMPT = 7;
/** Words of the fake's answer to it: `You said: one two three`; it counts the token that ends it as well. */
export const CHAT_WORDS = 5;
export const CHAT_ANSWER = CHAT_WORDS + 1;
