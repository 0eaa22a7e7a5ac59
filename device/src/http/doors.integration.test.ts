import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiRouter } from './app.ts';
import { type Ask, type Machine, startMachine } from './fake-machine.ts';
import { ROUTES, type RouteRow } from './roles.ts';

const problem = (code: string) => ({ error: { code } });

describe('a machine with an owner', () => {
  let machine: Machine;
  let cookie: string;
  beforeAll(async () => {
    machine = await startMachine();
    ({ cookie } = await machine.claimNow());
  });
  afterAll(() => machine.close());
  const ask = (path: string, options: Ask = {}) => machine.ask(path, options);
  const asOwner = (path: string, { headers, ...options }: Ask = {}) =>
    ask(path, { ...options, headers: { cookie, ...headers } });

  it('answers every row of the table to whom it is meant for, and to nobody else', async () => {
    for (const [key, row] of Object.entries<RouteRow>(ROUTES)) {
      const [method = '', pattern = ''] = key.split(' ');
      const path = pattern.replace(':id', 'x1');
      if (path === '/api/events' || key === 'DELETE /api/session') continue; // has a test of its own
      const [anyone, owner, operator] = await Promise.all([
        ask(path, { method }),
        asOwner(path, { method }),
        ask(path, { method, operator: true }),
      ]);
      expect(operator.status, key).not.toBe(404);
      if (row.role === 'owner' || row.role === 'diagnostics')
        expect(anyone.json, key).toMatchObject(problem('unauthorized'));
      if (row.role === 'operator') expect(owner.json, key).toMatchObject(problem('forbidden'));
      else expect([401, 403, 404, 405], key).not.toContain(owner.status === 401 ? 200 : owner.status);
    }
  });

  it('registers no route that is not in the table', () => {
    const table = Object.keys(ROUTES);
    const own = apiRouter(machine.deps).stack.flatMap(({ route }) => {
      if (route === undefined) return [];
      return route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`);
    });
    expect(own.filter((key) => !table.includes(key))).toEqual([]);
    expect(
      table.filter((key) => !own.includes(key) && !/ \/(api\/keys|api\/receipts|v1\/receipts)/.test(key)),
    ).toEqual([]);
  });

  it('refuses what is registered behind it but not in the table', async () => {
    const answer = await asOwner('/api/keys/x1', { method: 'PUT', body: {} });
    expect(answer.json).toMatchObject(problem('method_not_allowed'));
    expect(answer.headers.allow).toBe('PATCH, DELETE');
    for (const path of [
      '/api',
      '/api/',
      '/api/nothing',
      '/api/status/',
      '/API/status',
      '/api/../api/status',
      '/api/%73tatus',
    ])
      expect((await asOwner(path)).status, path).toBe(404);
    expect((await ask('/v1/nothing')).json).toMatchObject({
      error: { code: 'not_found', type: 'not_found_error' },
    });
  });

  it('has no CORS: a preflight is refused', async () => {
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const answer = await ask('/api/session', { method: 'OPTIONS', headers });
    expect(answer.json).toMatchObject(problem('cross_origin_refused'));
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'http://127.0.0.1:3000' }],
    [{ origin: 'null' }],
  ])('refuses calls of other sites even with the cookie: %j', async (headers) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect((await asOwner('/api/keys', { method, headers })).json).toMatchObject(
        problem('cross_origin_refused'),
      );
  });

  it('takes calls of its own pages', async () => {
    const host = `127.0.0.1:${machine.port}`;
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { host, origin: `http://${host}` }])
      expect((await asOwner('/api/keys', { method: 'POST', headers, body: { a: 1 } })).status).toBe(201);
  });

  it.each(['evil.example', '127.0.0.1.evil.example:8831', 'localhost:1:2'])(
    'does not answer to the name “%s” (DNS rebinding)',
    async (host) => {
      for (const path of ['/', '/setup/', '/health', '/api/status', '/api/setup/state', '/v1/receipts']) {
        const answer = await asOwner(path, { headers: { host } });
        expect(answer.status, path).toBe(421);
        expect(answer.text).toContain('host_not_allowed');
      }
    },
  );

  it.each(['localhost:9', 'b3iq-n7k4.local', 'BOX.example:80', '[::1]:8831', '192.168.7.9'])(
    'answers to %s',
    async (host) => {
      expect((await ask('/health', { headers: { host } })).json).toEqual({
        status: 'ok',
        version: '0.1.0',
        state: 'claimed',
      });
    },
  );

  it('does not answer a request without a name', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      let got = '';
      const socket = createConnection({ port: machine.port, host: '127.0.0.1' });
      socket.on('data', (part) => (got += part.toString()));
      socket.on('end', () => resolve(got));
      socket.on('error', reject);
      socket.write('GET /api/status HTTP/1.0\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"invalid_request"');
  });

  it('sends safe headers with every answer', async () => {
    for (const path of ['/', '/health', '/api/status', '/api/nothing', '/favicon.svg', '/nothing']) {
      const { headers } = await ask(path);
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
      expect(headers, path).not.toHaveProperty('x-powered-by');
      if (path.startsWith('/api')) expect(headers['cache-control']).toBe('no-store');
    }
  });

  describe('given a bad body', () => {
    const send = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
      ask('/api/session', { method: 'POST', body, headers });

    it.each([
      ['broken JSON', '{"name":', 'invalid_json'],
      ['no object', '"text"', 'invalid_json'],
      ['null', 'null', 'invalid_json'],
      ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'invalid_json'],
      ['10,000 nested arrays', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'body_too_deep'],
      ['64 KiB and more', JSON.stringify({ name: 'x'.repeat(70_000) }), 'body_too_large'],
      ['an unknown field', '{"name":"Ada","password":"x","admin":true}', 'invalid_request'],
      ['a prototype', '{"__proto__":{"name":"Ada"},"name":"Ada","password":"x"}', 'invalid_request'],
      ['a wrong type', '{"name":["Ada"],"password":"x"}', 'invalid_request'],
      ['nothing in it', '{}', 'invalid_request'],
      ['an array', '[]', 'invalid_request'],
    ])('%s: says so', async (_what, body, code) => {
      const answer = await send(body);
      expect(answer.json).toMatchObject(problem(code));
      expect(Object.keys(answer.json ?? {})).toEqual(['error']);
    });

    it.each([
      ['text', { 'content-type': 'text/plain' }],
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['no type', {}],
      ['UTF-16', { 'content-type': 'application/json; charset=utf-16' }],
      ['compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ])('as %s: refuses it', async (_what, headers) => {
      const answer = await send('{"name":"Ada","password":"x"}', headers as Record<string, string>);
      expect(answer.json).toMatchObject(problem('unsupported_media_type'));
    });

    it('never repeats what was sent', async () => {
      const marker = 'marker-7f3a';
      for (const body of [`{"${marker}":1}`, `{"name":"${marker}","password":1}`, `{"name":"${marker}`])
        expect((await send(body)).text).not.toContain(marker);
      expect(machine.log.lines.join('')).not.toContain(marker);
    });

    it.each([
      ['content-length: 100000000', ''],
      ['transfer-encoding: chunked', 'ffffff\r\n'],
    ])('of 100 MB (%s): lets go of it early', async (header, opening) => {
      const sent = await new Promise<{ bytes: number; text: string }>((resolve) => {
        let text = '';
        let bytes = 0;
        const socket = createConnection({ port: machine.port, host: '127.0.0.1' });
        const part = Buffer.alloc(64 * 1024, 0x20);
        const more = () => {
          while (bytes < 16_000_000 && !socket.destroyed && text === '') {
            bytes += part.length;
            if (!socket.write(part)) return void socket.once('drain', more);
          }
        };
        socket.on('data', (data) => (text += data.toString()));
        socket.on('error', () => {}); // the machine hangs up while we still send
        socket.on('close', () => resolve({ bytes, text }));
        socket.write(
          `POST /api/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${header}\r\n\r\n${opening}`,
        );
        more();
      });
      expect(sent.text).toMatch(/^HTTP\/1\.1 413/);
      expect(sent.text).toContain('body_too_large');
      expect(sent.bytes).toBeLessThan(10_000_000);
    });

    it('cut off in the middle: waits no longer than the connection', async () => {
      const socket = createConnection({ port: machine.port, host: '127.0.0.1' });
      socket.write(
        'POST /api/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"name"',
      );
      await new Promise<void>((resolve) => socket.once('ready', resolve));
      socket.destroy();
      expect((await ask('/health')).status).toBe(200);
      expect(machine.log.lines.join('')).not.toContain('"level":"error"');
    });
  });

  it('turns an unforeseen fault into a plain sentence, and logs it without paths', async () => {
    const broken = await startMachine({
      status: () => Promise.reject(new Error("ENOENT: open '/home/ada/.local/state/b3iq/settings.json'")),
    });
    try {
      const answer = await broken.ask('/api/status', { operator: true });
      expect(answer).toMatchObject({ status: 500, json: problem('internal') });
      expect(answer.text).not.toContain('ENOENT');
      expect(broken.log.lines.join('')).toContain('ENOENT');
      expect(broken.log.lines.join('')).not.toContain('/home/ada');
    } finally {
      await broken.close();
    }
  });

  it('hands raw bodies on untouched', async () => {
    const answer = await asOwner('/api/playground/chat', { method: 'POST', body: { messages: [] } });
    expect(answer.text).toBe('{"messages":[]}');
  });
});

describe('a machine without an owner', () => {
  it('answers nothing but setup', async () => {
    const machine = await startMachine();
    try {
      for (const [key, row] of Object.entries<RouteRow>(ROUTES)) {
        if (row.unclaimed === 'all') continue;
        const [method = '', path = ''] = key.split(' ');
        const answer = await machine.ask(path.replace(':id', 'x1'), { method });
        expect(answer, key).toMatchObject({ status: 403, json: problem('node_unclaimed') });
      }
      expect((await machine.ask('/api/nothing')).json).toMatchObject(problem('node_unclaimed'));
      expect((await machine.ask('/api/status', { operator: true })).json).toMatchObject({
        state: 'unclaimed',
        owner: null,
      });
      expect((await machine.ask('/api/keys', { operator: true })).json).toMatchObject(
        problem('node_unclaimed'),
      );
      expect((await machine.ask('/api/setup/token', { method: 'POST' })).json).toMatchObject(
        problem('forbidden'),
      );
    } finally {
      await machine.close();
    }
  });
});

describe('a machine whose identity is lost', () => {
  it('answers status and setup state, and 503 to the rest', async () => {
    const machine = await startMachine({ identityFault: () => 'identity-lost' });
    try {
      const { cookie } = await machine.claimNow();
      const owner = { headers: { cookie } };
      expect((await machine.ask('/api/setup/state')).json).toMatchObject({ state: 'identity-lost' });
      expect((await machine.ask('/api/status', owner)).json).toMatchObject({ state: 'identity-lost' });
      expect((await machine.ask('/api/keys', owner)).json).toMatchObject(problem('identity_unavailable'));
      expect((await machine.ask('/api/setup/claim', { method: 'POST' })).json).toMatchObject(
        problem('identity_unavailable'),
      );
    } finally {
      await machine.close();
    }
  });
});

describe('an appliance', () => {
  const body = { secret: 'N7K42QRS', owner: { name: 'Ada', password: 'correct horse' } };
  const broken = { identityFault: () => 'identity-corrupt' as const };
  it.each([
    ['without an owner', {}, 'node_unclaimed', { path: '/api/keys' }],
    ['with a broken identity', broken, 'identity_unavailable', { path: '/api/keys' }],
    [
      'whose label cannot be read',
      {},
      'claim_secret_expired',
      { path: '/api/setup/claim', method: 'POST', body },
    ],
  ] as const)('%s sends nobody to a terminal', async (_when, options, code, { path, ...how }) => {
    const appliance = await startMachine({ kind: 'appliance', ...options });
    const { json, text } = await appliance.ask(path, how);
    expect(json).toMatchObject({ error: { code } });
    expect(text).not.toMatch(/b3iq-host|npx|make run|terminal/);
    await appliance.close();
  });
});
