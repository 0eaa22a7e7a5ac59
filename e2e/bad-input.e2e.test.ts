/** What strangers, broken apps and attackers send to a real machine: a clear error each, nothing changed, and it lives on. */
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Problem, StatusAnswer } from '@b3iq/wire/local-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
let secret: string;
let model: string;
let before: StatusAnswer;

beforeAll(async () => {
  agent = await TestAgent.start();
  await agent.claim();
  secret = (await agent.newKey()).secret;
  before = await agent.ready();
  model = before.models[0]?.id ?? '';
});
afterAll(async () => {
  const after = await agent.operator<StatusAnswer>('GET', '/api/status');
  expect(after).toMatchObject({
    state: 'claimed',
    owner: 'Ada',
    keys_active: before.keys_active,
    node_id: before.node_id,
  });
  await agent.remove();
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** A call below `fetch`, which would refuse such hosts, paths and bodies itself. */
function send(options: {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: agent.port,
        method: options.method ?? 'GET',
        path: options.path,
        headers: options.headers ?? {},
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
}
const chat = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  send({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body,
  });
const code = (answer: Answer): string => (JSON.parse(answer.body) as { error: { code: string } }).error.code;

test.each([
  ['malformed JSON', '{"model": ', 400, 'invalid_json'],
  ['a list instead of an object', '[]', 400, 'invalid_json'],
  ['no messages', '{"model":"MODEL"}', 400, 'invalid_request'],
  [
    '10,000 nested arrays',
    `{"model":"MODEL","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    400,
    'body_too_deep',
  ],
  [
    'an unknown model',
    '{"model":"nope","messages":[{"role":"user","content":"hi"}]}',
    404,
    'model_not_found',
  ],
])('%s', async (_, body, status, expected) => {
  const answer = await chat(body.replace('MODEL', model));
  expect([answer.status, code(answer)]).toEqual([status, expected]);
  expect((JSON.parse(answer.body) as { error: { b3iq: { code: string } } }).error.b3iq.code).toBe(expected);
});

test('invalid UTF-8', async () => {
  const answer = await chat(
    Buffer.concat([
      Buffer.from(`{"model":"${model}","messages":[{"role":"user","content":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}]}'),
    ]),
  );
  expect([answer.status, code(answer)]).toEqual([400, 'invalid_json']);
});

test('100 MB are refused before they are sent', async () => {
  const answer = await chat('', { 'content-length': String(100 * 1024 * 1024) });
  expect([answer.status, code(answer)]).toEqual([413, 'body_too_large']);
});

test('a key that was mistyped, and none at all', async () => {
  for (const authorization of [`Bearer ${secret.slice(0, -1)}x`, 'Bearer ', 'Basic abc', ''])
    expect((await chat('{}', { authorization })).status).toBe(401);
});

test.each(['evil.example', 'evil.example:8831', '169.254.1.1', '127.0.0.1.evil.example'])(
  'DNS rebinding: a page on %s that resolves to this machine gets nothing',
  async (host) => {
    for (const path of ['/api/setup/state', '/api/status', '/v1/models']) {
      const answer = await send({ path, headers: { host } });
      expect([answer.status, code(answer)]).toEqual([421, 'host_not_allowed']);
    }
  },
);

test.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
  'a call from another site is refused: %j',
  async (headers) => {
    const answer = await send({
      method: 'POST',
      path: '/api/session',
      headers: { 'content-type': 'application/json', host: `127.0.0.1:${agent.port}`, ...headers } as Record<
        string,
        string
      >, // a union of one-key objects
      body: '{"name":"Ada","password":"correct horse battery"}',
    });
    expect([answer.status, code(answer)]).toEqual([403, 'cross_origin_refused']);
  },
);

test.each([
  '/../package.json',
  '/%2e%2e/%2e%2e/package.json',
  '/..%2f..%2fsettings.json',
  '/setup/..%5c..%5cpackage.json',
  '/%00',
  '/.git/config',
  '//etc/passwd',
  '/setup/%c0%ae%c0%ae/',
])('a path trick on the static files finds nothing: %s', async (path) => {
  const answer = await send({ path });
  expect([400, 403, 404]).toContain(answer.status);
  expect(answer.body).not.toMatch(/"dependencies"|root:|claim/);
});

test('oversized headers', async () => {
  const answer = await send({ path: '/health', headers: { 'x-long': 'a'.repeat(40_000) } });
  expect([answer.status, (JSON.parse(answer.body) as Problem).error.code]).toEqual([
    431,
    'headers_too_large',
  ]);
});

test('a client that sends its request a byte at a time is let go, and others are served meanwhile', async () => {
  const sockets = Array.from({ length: 20 }, () => connect(agent.port, '127.0.0.1'));
  const closed = Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => socket.on('close', () => resolve()))),
  );
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, 500);
  for (const socket of sockets) {
    socket.on('error', () => undefined); // a reset is as good as a close
    socket.resume();
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
  }
  expect((await send({ path: '/health' })).status).toBe(200);
  await closed;
  clearInterval(drip);
}, 60_000);

/** What comes back for these very bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(agent.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
  });
}

test.each(['/health', '/v1/models'])(
  'a request to %s without a Host gets 400 in the contract’s shape',
  async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid_request"');
  },
);

test('an expectation nobody knows is no reason to refuse a call', async () => {
  const answer = await raw(
    'GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: tea\r\nconnection: close\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('what is not HTTP gets 400 and the door stays open', async () => {
  const answer = await raw('\x16\x03\x01 hello\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect((await send({ path: '/health' })).status).toBe(200);
});
