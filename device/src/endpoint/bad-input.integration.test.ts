import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, chatBody, type Rig, startRig } from './test-rig.ts';

let rig: Rig;
let key: string;
beforeEach(async () => {
  rig = await startRig({
    limits: { maxBodyBytes: 1_048_576 },
    server: { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 },
  });
  key = await rig.key();
});
afterEach(() => rig.close());

/** Writes `parts` to a raw socket and gives back everything that comes until it closes. */
function raw(parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(rig.port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {}); // a cut connection is one of the answers
    socket.on('close', () => resolve(text));
  });
}
const jsonOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('bad bodies', () => {
  it('that are no JSON, no UTF-8, no object or too deep get a clear 400 and reach no engine', async () => {
    const deep = `{"model":"b3iq-selftest","messages":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    const utf8 = Buffer.concat([
      Buffer.from('{"model":"b3iq-selftest","messages":["'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"]}'),
    ]);
    for (const [body, code] of [
      ['', 'invalid_json'],
      ['{', 'invalid_json'],
      ['[]', 'invalid_json'],
      [utf8, 'invalid_json'],
      [Buffer.from([0xed, 0xa0, 0x80]), 'invalid_json'],
      [deep, 'body_too_deep'],
      ['{"model":"b3iq-selftest"}', 'invalid_request'],
    ] as const) {
      const reply = await rig.post(CHAT, key, body);
      expect(reply).toMatchObject({ status: 400, json: { error: { type: 'invalid_request_error', code } } });
      expect(reply.headers['b3iq-receipt']).toBeUndefined();
    }
    expect(rig.fake.requests).toHaveLength(0);
    expect(rig.ledger.calls).toHaveLength(0);
  });

  it('of 100 MB are refused by their length alone, and the client can read why', async () => {
    const before = process.memoryUsage().rss;
    const reply = await rig.post(CHAT, key, Buffer.alloc(100_000_000, 'x'));
    expect(reply).toMatchObject({
      status: 413,
      json: { error: { type: 'invalid_request_error', code: 'body_too_large' } },
    });
    expect(reply.headers.connection).toBe('close');
    // The client's own 100 MB are in this process too; twice that would be ours.
    expect(process.memoryUsage().rss - before).toBeLessThan(190_000_000);
  });

  it('of unknown length are refused as soon as they are too long', async () => {
    const head = `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ntransfer-encoding: chunked\r\n\r\n`;
    const part = Buffer.concat([Buffer.from('80000\r\n'), Buffer.alloc(0x80000, 'x'), Buffer.from('\r\n')]);
    const answer = await raw([head, part, part, part, part]);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('are not even asked for when the client waits for 100 Continue', async () => {
    const head = (length: number) =>
      `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ncontent-length: ${length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`;
    expect(await raw([head(99_000_000)])).toMatch(/^HTTP\/1.1 413 /);
    const body = JSON.stringify(chatBody());
    expect(await raw([head(body.length), body])).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  it('with a wrong key do not stay in memory either', async () => {
    const reply = await rig.post(CHAT, 'b3iq_local_wrong', Buffer.alloc(20_000_000, 'x'));
    expect(reply.status).toBe(401);
  });

  it('that are compressed are refused by name', async () => {
    expect(await rig.post(CHAT, key, chatBody(), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 415,
    });
  });

  it('for a model that is not there get 404 with the field', async () => {
    expect(await rig.post(CHAT, key, chatBody({ model: 'gpt-4o' }))).toMatchObject({
      status: 404,
      json: { error: { type: 'not_found_error', code: 'model_not_found', param: 'model' } },
    });
  });

  it('together may not take more memory than there is for them', async () => {
    await rig.close();
    rig = await startRig({ limits: { maxBodyBytes: 100_000, maxHeldBytes: 150_000 }, engine: { slots: 1 } });
    rig.fake.knobs.fail = 'hang';
    key = await rig.key();
    const large = chatBody({ messages: [{ role: 'user', content: 'x'.repeat(90_000) }] });
    const first = rig.post(CHAT, key, large).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, { timeoutMs: 5_000, what: 'the first request' });
    const second = await rig.post(CHAT, key, large);
    expect(second).toMatchObject({ status: 429, json: { error: { code: 'queue_full' } } });
    await rig.close();
    await first;
    rig = await startRig();
  });
});

describe('bad HTTP', () => {
  it('that is no HTTP gets 400 in the contract’s shape', async () => {
    expect(jsonOf(await raw(['nonsense\r\n\r\n'])).error).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
    const inference = await raw([`POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n`]);
    expect(jsonOf(inference).error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request' });
  });

  it('with headers too large gets 431', async () => {
    const answer = await raw([
      `GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(jsonOf(answer).error.code ?? jsonOf(answer).error.b3iq.code).toBe('headers_too_large');
  });

  it('that never finishes its headers or its body gets 408', async () => {
    const headers = await raw(['GET /v1/models HTTP/1.1\r\nhost: localhost\r\n']);
    expect(headers).toMatch(/^HTTP\/1.1 408 /);
    expect(jsonOf(headers).error.code).toBe('request_timeout');
    const body = await raw([
      `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ncontent-length: 500\r\n\r\n{"model":`,
    ]);
    expect(body).toMatch(/^HTTP\/1.1 408 /);
    expect(rig.endpoint.stats()).toMatchObject({ active: 0, queued: 0 });
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });
});
