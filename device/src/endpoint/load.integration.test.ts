import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { waitFor } from '../os/wait-for.ts';
import { CHAT_ANSWER, CHAT_PROMPT, chatBody, type Rig, type RigOptions, startRig } from './test-rig.ts';

const CHAT = '/v1/chat/completions';
let rig: Rig;
const start = async (options: RigOptions = {}) => {
  rig = await startRig(options);
  return rig;
};
afterEach(() => rig.close());
const within = (what: string) => ({ timeoutMs: 10_000, what });

/** A stream one can leave. Resolves at the first bytes. */
function open(key: string, body: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port: rig.port,
        host: '127.0.0.1',
        method: 'POST',
        path: CHAT,
        headers: { authorization: `Bearer ${key}` },
        agent: false,
      },
      (response) => response.once('data', () => resolve(response)).on('error', () => {}),
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

/** A call whose client may leave before any answer. */
function ask(key: string): ClientRequest {
  const request = httpRequest({
    port: rig.port,
    method: 'POST',
    path: CHAT,
    headers: { authorization: `Bearer ${key}` },
    agent: false,
  });
  request.on('error', () => {}); // leaving is what these tests do
  request.end(JSON.stringify(chatBody()));
  return request;
}

describe('limits of a key', () => {
  it('hold for requests a minute, with the exact time to wait', async () => {
    const clock = new FakeClock();
    await start({ clock });
    const key = await rig.key({ requests_per_minute: 2 });
    for (let i = 0; i < 2; i++) expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
    const refused = await rig.post(CHAT, key, chatBody());
    expect(refused).toMatchObject({
      status: 429,
      json: { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
    });
    expect(refused.headers['retry-after']).toBe('30');
    clock.advance(30_000);
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });

  it('hold for requests at once', async () => {
    await start({ engine: { knobs: { fail: 'hang' } } });
    const key = await rig.key({ concurrency: 1 });
    const first = rig.post(CHAT, key, chatBody()).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, within('the first request'));
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 429,
      json: { error: { code: 'concurrency_exceeded' } },
    });
    rig.fake.knobs.fail = 'no';
    await rig.fake.engine.stop();
    await first;
    rig.fake.setState({ name: 'ready' });
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });

  it('are never overspent by 200 calls at once, whatever they ask for, finish or leave', async () => {
    await start({
      engine: { slots: 4, knobs: { answer: 'word '.repeat(500), wordDelayMs: 1 } },
      limits: { queueLength: 300 },
    });
    const limit = 1_000;
    const key = await rig.key({ tokens_per_day: limit });
    const asks = [
      {},
      { max_tokens: 20 },
      { max_completion_tokens: 1 },
      { n: 3 },
      { stream: true },
      { stream: true, max_tokens: 30 },
    ];
    const replies = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const body = chatBody(asks[i % asks.length]);
        if (i % 9 !== 4) return (await rig.post(CHAT, key, body)).status;
        const response = await open(key, body);
        response.destroy();
        return 0;
      }).map((call) => call.catch(() => 0)),
    );
    await waitFor(() => rig.endpoint.stats().active === 0, within('all calls to end'));
    const spent = rig.ledger.calls.reduce((sum, call) => sum + call.promptTokens + call.completionTokens, 0);
    expect(spent).toBeLessThanOrEqual(limit);
    expect(spent).toBeGreaterThan(0);
    expect(rig.keys.list()[0]?.tokens_today).toBe(spent);
    expect(replies).toContain(200);
    expect(replies).toContain(429);
    expect(rig.fake.load.peak).toBeLessThanOrEqual(8);
  });

  it('give a call what is left of the day, cap the engine at it, and say when there is more', async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1, 23, 0, 0));
    await start({ clock, engine: { knobs: { answer: 'word '.repeat(100) } } });
    const key = await rig.key({ tokens_per_day: 20 });
    const first = await rig.post(CHAT, key, chatBody());
    expect(first.json.usage).toEqual({
      prompt_tokens: CHAT_PROMPT,
      completion_tokens: 20 - CHAT_PROMPT,
      total_tokens: 20,
    });
    expect(rig.fake.requests[0]?.body.max_tokens).toBe(20 - CHAT_PROMPT);
    const second = await rig.post(CHAT, key, chatBody());
    expect(second).toMatchObject({
      status: 429,
      json: { error: { type: 'rate_limit_error', code: 'token_budget_exceeded' } },
    });
    expect(second.headers['retry-after']).toBe('3600');
    clock.advance(3_600_000);
    expect((await rig.post(CHAT, key, chatBody({ n: 2 }))).status).toBe(200);
    // 13 left for two choices: six each.
    expect(rig.fake.requests.at(-1)?.body.max_tokens).toBe(6);
  });

  it('cannot be talked round with a second max_tokens', async () => {
    await start({ engine: { knobs: { answer: 'word '.repeat(100) } } });
    const key = await rig.key({ tokens_per_day: 20 });
    const body = JSON.stringify(chatBody()).replace(
      /}$/,
      ',"max_tokens":3,"max_completion_tokens":900,"max_tokens":900}',
    );
    const reply = await rig.post(CHAT, key, body);
    expect(reply.json.usage.completion_tokens).toBe(20 - CHAT_PROMPT);
  });

  it('refuse a prompt longer than the context, and cost nothing when the engine cannot count', async () => {
    await start();
    const key = await rig.key({ tokens_per_day: 5_000 });
    const long = chatBody({ messages: [{ role: 'user', content: 'w '.repeat(1_020) }] });
    expect(await rig.post(CHAT, key, long)).toMatchObject({
      status: 400,
      json: { error: { code: 'context_length_exceeded' } },
    });
    rig.fake.knobs.failCount = true;
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(503);
    rig.fake.knobs.failCount = false;
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
    expect(rig.keys.list()[0]?.tokens_today).toBe(CHAT_PROMPT + CHAT_ANSWER);
  });
});

describe('the queue', () => {
  it('is bounded, says the place, and gives the next a turn', async () => {
    await start({ engine: { slots: 1, knobs: { delayMs: 100 } }, limits: { queueLength: 1 } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    const second = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    const third = await rig.post(CHAT, key, chatBody());
    expect(third).toMatchObject({ status: 429, json: { error: { code: 'queue_full' } } });
    expect(third.headers['b3iq-queue-position']).toBe('2');
    expect(Number(third.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await first).headers['b3iq-queue-position']).toBeUndefined();
    expect(await second).toMatchObject({ status: 200, headers: { 'b3iq-queue-position': '1' } });
    expect(rig.fake.load.peak).toBe(1);
  });

  it('lets nobody wait longer than the bound', async () => {
    await start({ engine: { slots: 1, knobs: { fail: 'hang' } }, limits: { queueWaitMs: 50 } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody()).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 429,
      json: { error: { code: 'queue_full' } },
    });
    expect(rig.endpoint.stats().queued).toBe(0);
    expect(rig.ledger.calls).toHaveLength(0);
    await rig.fake.engine.stop();
    await first;
  });

  it('gives a second key its turn before the first key’s whole line', async () => {
    await start({ engine: { slots: 1, knobs: { delayMs: 500 } } });
    const [loud, quiet] = [await rig.key(), await rig.key()];
    const order: string[] = [];
    const ask = (key: string, name: string) => rig.post(CHAT, key, chatBody()).then(() => order.push(name));
    const all = [];
    for (let i = 0; i < 6; i++) {
      all.push(ask(loud, 'loud'));
      await waitFor(() => rig.endpoint.stats().queued === i, within('the line to grow'));
    }
    all.push(ask(quiet, 'quiet'));
    await waitFor(() => rig.endpoint.stats().queued === 6, within('all to wait'));
    rig.fake.knobs.delayMs = 1;
    await Promise.all(all);
    expect(order.indexOf('quiet')).toBeLessThanOrEqual(3);
  });

  it('forgets a client that leaves it', async () => {
    await start({ engine: { slots: 1, knobs: { fail: 'hang' } } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody()).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    const request = ask(key);
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    request.destroy();
    await waitFor(() => rig.endpoint.stats().queued === 0, within('the line to be empty'));
    await rig.fake.engine.stop();
    await first;
    expect(rig.ledger.calls).toHaveLength(1);
  });
});

describe('a client that leaves', () => {
  it('stops the engine, frees the slot, and leaves a receipt of what came', async () => {
    await start({ engine: { slots: 1, knobs: { answer: 'word '.repeat(1_000), wordDelayMs: 5 } } });
    const key = await rig.key();
    const response = await open(key, chatBody({ stream: true }));
    expect(rig.endpoint.stats().active).toBe(1);
    response.destroy();
    await waitFor(() => rig.fake.requests[0]?.aborted, within('the engine to notice'));
    await waitFor(() => rig.endpoint.stats().active === 0, within('the slot to be free'));
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    const [call] = rig.ledger.calls;
    expect(call).toMatchObject({ status: 'aborted', tokenSource: 'estimated', httpStatus: 200 });
    expect(call?.promptTokens).toBeGreaterThan(0);
    expect(call?.completionTokens).toBeLessThan(1_000);
    rig.fake.knobs.answer = 'ok';
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });

  it('before the first byte leaves a receipt too', async () => {
    await start({ engine: { knobs: { fail: 'hang' } } });
    const key = await rig.key();
    const request = ask(key);
    await waitFor(() => rig.fake.requests.length === 1, within('the engine to have it'));
    request.destroy();
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    expect(rig.ledger.calls[0]).toMatchObject({ status: 'aborted', httpStatus: 0, completionTokens: 0 });
    expect(rig.endpoint.stats().active).toBe(0);
  });

  it('or reads nothing is cut off after the bound, however much the engine has to say', async () => {
    await start({
      engine: { knobs: { answer: `${'x'.repeat(60_000)} `.repeat(400) } },
      limits: { idleTimeoutMs: 300 },
    });
    const key = await rig.key();
    const response = await open(key, chatBody({ stream: true, max_tokens: 400 }));
    response.pause();
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    expect(rig.ledger.calls[0]?.status).toBe('aborted');
    expect(rig.endpoint.stats().active).toBe(0);
    response.destroy();
  });
});

describe('a broken engine', () => {
  it('that is not ready is named, with when to try again', async () => {
    await start();
    const key = await rig.key();
    rig.fake.setState({ name: 'starting' });
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      json: { error: { code: 'engine_starting' } },
    });
    rig.fake.setState({
      name: 'restarting',
      reason: 'The model file is damaged.',
      retryAtMs: Date.now() + 9_000,
    });
    const restarting = await rig.post(CHAT, key, chatBody());
    expect(restarting).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
    expect(restarting.json.error.message).toContain('The model file is damaged.');
    expect(Number(restarting.headers['retry-after'])).toBeGreaterThan(8);
  });

  it('that cannot do a thing is asked for no such thing', async () => {
    await start({ engine: { model: { capabilities: ['chat'] } } });
    const key = await rig.key();
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
    for (const [path, body] of [
      ['/v1/embeddings', { model: 'b3iq-selftest', input: 'a' }],
      [CHAT, chatBody({ tools: [{ type: 'function' }] })],
      [CHAT, chatBody({ response_format: { type: 'json_schema' } })],
      [CHAT, chatBody({ logprobs: true })],
    ] as const)
      expect(await rig.post(path, key, body)).toMatchObject({
        status: 501,
        json: { error: { code: 'capability_unavailable' } },
      });
  });

  it('that refuses is quoted, in our shape, with a failed receipt of no tokens', async () => {
    await start();
    const key = await rig.key();
    const reply = await rig.post(
      CHAT,
      key,
      chatBody({ messages: [{ role: 'user', content: 'w '.repeat(2_000) }] }),
    );
    expect(reply).toMatchObject({
      status: 400,
      json: {
        error: { type: 'invalid_request_error', code: 'context_length_exceeded', b3iq: { status: 400 } },
      },
    });
    expect(reply.headers['b3iq-receipt']).toBe(rig.ledger.calls[0]?.id);
    expect(rig.ledger.calls[0]).toMatchObject({
      status: 'failed',
      httpStatus: 400,
      promptTokens: 0,
      completionTokens: 0,
    });
  });

  it('that fails inside is 502 with a failed receipt', async () => {
    await start({ engine: { knobs: { fail: 'status' } } });
    const key = await rig.key();
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 502,
      json: { error: { type: 'api_error', code: 'engine_failed' } },
    });
    expect(rig.ledger.calls[0]).toMatchObject({ status: 'failed', httpStatus: 502 });
  });

  it('that dies in the middle of a stream ends it with an error event, and counts what came', async () => {
    await start({ engine: { knobs: { fail: 'die', wordDelayMs: 20 } } });
    const key = await rig.key({ tokens_per_day: 100 });
    const reply = await rig.post(CHAT, key, chatBody({ stream: true }));
    const frames = reply.text.trimEnd().split('\n\n');
    expect(JSON.parse(frames.at(-1)?.slice(6) ?? '')).toMatchObject({
      error: { type: 'api_error', code: 'engine_failed', b3iq: { status: 502 } },
    });
    expect(reply.text).not.toContain('[DONE]');
    expect(rig.ledger.calls[0]).toMatchObject({
      status: 'failed',
      promptTokens: CHAT_PROMPT,
      completionTokens: 1,
      tokenSource: 'estimated',
    });
    expect(rig.keys.list()[0]?.tokens_today).toBe(CHAT_PROMPT + 1);
    expect(rig.endpoint.stats().active).toBe(0);
  });

  it('that dies before it answers is not asked again: a second time would kill it a second time', async () => {
    await start({ engine: { knobs: { fail: 'die' } } });
    const key = await rig.key();
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 503,
      json: { error: { code: 'engine_unavailable' } },
    });
    expect(rig.fake.requests).toHaveLength(1);
    expect(rig.ledger.calls).toHaveLength(1);
  });

  it('that never answers is given up in time', async () => {
    await start({ engine: { knobs: { fail: 'hang' } }, limits: { firstByteTimeoutMs: 200 } });
    const key = await rig.key();
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 504,
      json: { error: { code: 'engine_timeout' } },
    });
    await waitFor(() => rig.fake.requests[0]?.aborted, within('the engine to be let go'));
  });
});

describe('a ledger that cannot be written', () => {
  it('turns an answer into an error, and a stream’s end too; then all is well again', async () => {
    await start();
    const key = await rig.key();
    rig.ledger.broken = true;
    const reply = await rig.post(CHAT, key, chatBody());
    expect(reply).toMatchObject({
      status: 503,
      json: { error: { type: 'api_error', code: 'ledger_unavailable' } },
    });
    expect(reply.text).not.toContain('You said');
    const stream = await rig.post(CHAT, key, chatBody({ stream: true }));
    expect(stream.text).toContain('ledger_unavailable');
    expect(stream.text).not.toContain('[DONE]');
    rig.ledger.broken = false;
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
    expect(rig.endpoint.stats().active).toBe(0);
  });
});
