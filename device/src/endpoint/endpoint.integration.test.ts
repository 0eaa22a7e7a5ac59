import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, CHAT_ANSWER, CHAT_PROMPT, CHAT_WORDS, chatBody, type Rig, startRig } from './test-rig.ts';

let rig: Rig;
let key: string;
beforeEach(async () => {
  rig = await startRig();
  key = await rig.key();
});
afterEach(() => rig.close());

const lastCall = () => rig.ledger.calls.at(-1);

describe('the door', () => {
  it('is shut before there is an owner, and says so before it looks at the key', async () => {
    rig.state = 'unclaimed';
    for (const reply of [await rig.post(CHAT, undefined, chatBody()), await rig.get('/v1/models', key)]) {
      expect(reply.status).toBe(403);
      expect(reply.json.error).toMatchObject({
        type: 'authentication_error',
        code: 'node_unclaimed',
        param: null,
        b3iq: { status: 403, code: 'node_unclaimed', title: expect.any(String), detail: expect.any(String) },
      });
    }
    expect(rig.fake.requests).toHaveLength(0);
  });

  it('is shut while the identity is in doubt, open while the network is', async () => {
    for (const state of ['identity-lost', 'identity-corrupt'] as const) {
      rig.state = state;
      expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
        status: 503,
        json: { error: { code: 'identity_unavailable' } },
      });
    }
    rig.state = 'claimed-recovering';
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });

  it('wants a key it knows, in every shape a wrong one can have', async () => {
    const none = await rig.post(CHAT, undefined, chatBody());
    expect(none).toMatchObject({
      status: 401,
      json: { error: { type: 'authentication_error', code: 'unauthorized' } },
    });
    expect(none.headers['www-authenticate']).toBe('Bearer');
    for (const authorization of [
      '',
      'Bearer',
      'Bearer  ',
      'Basic abc',
      `Bearer ${key}x`,
      `Bearer ${key} ${key}`,
      key,
    ])
      expect((await rig.post(CHAT, undefined, chatBody(), { authorization })).status).toBe(401);
    expect((await rig.post(CHAT, undefined, chatBody(), { authorization: `bearer ${key}` })).status).toBe(
      200,
    );
  });

  it('shuts for a revoked key with the next request, and for an expired one in time', async () => {
    const { key: shown, secret } = await rig.keys.create({ name: 'x' });
    expect((await rig.post(CHAT, secret, chatBody())).status).toBe(200);
    await rig.keys.revoke(shown.id);
    expect(await rig.post(CHAT, secret, chatBody())).toMatchObject({
      status: 401,
      json: { error: { code: 'unauthorized' } },
    });
    const soon = new Date(Date.now() + 150).toISOString();
    const short = await rig.key({ expires_at: soon });
    await waitFor(async () => (await rig.get('/v1/models', short)).status === 401, {
      timeoutMs: 5_000,
      what: 'expiry',
    });
    expect((await rig.get('/v1/models', short)).json.error.code).toBe('key_expired');
  });

  it('keeps keys to their scope and their models', async () => {
    const metrics = await rig.key({ scopes: ['metrics'] });
    expect(await rig.post(CHAT, metrics, chatBody())).toMatchObject({
      status: 403,
      json: { error: { code: 'key_scope_denied' } },
    });
    const other = await rig.key({ models: ['another'] });
    expect(await rig.post(CHAT, other, chatBody())).toMatchObject({
      status: 403,
      json: { error: { code: 'key_scope_denied', param: 'model' } },
    });
    expect(await rig.post(CHAT, other, chatBody({ model: 'another' }))).toMatchObject({
      status: 404,
      json: { error: { code: 'model_not_found' } },
    });
    expect((await rig.get('/v1/models', other)).json.data).toEqual([]);
    expect((await rig.get('/v1/models/b3iq-selftest', other)).status).toBe(403);
  });
});

describe('what is there', () => {
  it('lists the models and shows one', async () => {
    const list = await rig.get('/v1/models?x=1', key);
    expect(list.json).toMatchObject({
      object: 'list',
      data: [{ id: 'b3iq-selftest', object: 'model', owned_by: 'b3iq' }],
    });
    expect((await rig.get('/v1/models/b3iq-selftest', key)).json).toEqual(list.json.data[0]);
    expect(await rig.get('/v1/models/no%2Fsuch', key)).toMatchObject({
      status: 404,
      json: { error: { type: 'not_found_error' } },
    });
    expect((await rig.get('/v1/models/%', key)).status).toBe(404);
  });

  it('answers 501 with what it would take, in the shape of the path', async () => {
    for (const path of ['/v1/rerank', '/v1/images/generations', '/v1/audio/transcriptions']) {
      const reply = await rig.post(path, key, {});
      expect(reply).toMatchObject({
        status: 501,
        json: { error: { type: 'api_error', code: 'capability_unavailable' } },
      });
      expect(reply.json.error.message).toMatch(/It would take /);
    }
    expect((await rig.post('/v1/messages/count_tokens', undefined, {})).json).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error' },
    });
    expect((await rig.post(CHAT, undefined, chatBody(), { 'x-api-key': key })).status).toBe(401);
  });

  it('answers 404 and 405 in OpenAI’s shape, and leaves the owner’s paths alone', async () => {
    expect(await rig.get('/v1/nothing', key)).toMatchObject({
      status: 404,
      json: { error: { type: 'not_found_error', code: 'not_found' } },
    });
    const reply = await rig.get(CHAT, key);
    expect(reply).toMatchObject({ status: 405, json: { error: { code: 'method_not_allowed' } } });
    expect(reply.headers.allow).toBe('POST');
    for (const path of ['/v1/receipts', '/v1/receipts?limit=1', '/v1/receipts/submit', '/v1x', '/'])
      expect((await rig.get(path, key)).status).toBe(299);
  });
});

describe('an answer', () => {
  it('comes back byte for byte, with its receipt in a header and on disk before it is final', async () => {
    let open = () => {};
    rig.ledger.gate = new Promise((resolve) => {
      open = resolve;
    });
    let isHere = false;
    const pending = rig.post(CHAT, key, chatBody()).finally(() => {
      isHere = true;
    });
    await waitFor(() => rig.fake.requests[0]?.finished, { timeoutMs: 5_000, what: 'the engine to finish' });
    await waitFor(() => rig.endpoint.stats().active === 0, { timeoutMs: 5_000, what: 'the slot to be free' });
    expect(isHere).toBe(false);
    open();
    const reply = await pending;
    expect(reply.status).toBe(200);
    expect(reply.json.choices[0].message.content).toBe('You said: one two three');
    expect(reply.headers['b3iq-receipt']).toBe(lastCall()?.id);
    expect(lastCall()).toMatchObject({
      endpoint: CHAT,
      model: 'b3iq-selftest',
      caller: rig.keys.list()[0]?.id,
      status: 'completed',
      httpStatus: 200,
      promptTokens: CHAT_PROMPT,
      completionTokens: CHAT_ANSWER,
      tokenSource: 'engine',
    });
    expect(rig.fake.requests[0]?.body).toEqual(chatBody());
    expect(rig.keys.list()[0]?.tokens_today).toBe(CHAT_PROMPT + CHAT_ANSWER);
  });

  it('streams, and holds back only the last word until the receipt is on disk', async () => {
    rig.ledger.gate = new Promise(() => {});
    const reply = await fetch(`http://127.0.0.1:${rig.port}${CHAT}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(chatBody({ stream: true })),
    });
    let text = '';
    const decoder = new TextDecoder();
    const reader = reply.body?.getReader();
    while (!text.includes('"finish_reason":"stop"')) {
      const part = await reader?.read();
      if (part?.done !== false) throw new Error('the stream ended early');
      text += decoder.decode(part.value, { stream: true });
    }
    expect(text).not.toContain('[DONE]');
    expect(reply.headers.get('b3iq-receipt')).toMatch(/^rcpt_/);
    await reader?.cancel();
  });

  it('brings the usage chunk only to those who asked, and counts either way', async () => {
    const without = await rig.post(CHAT, key, chatBody({ stream: true }));
    expect(without.headers['content-type']).toBe('text/event-stream');
    expect(without.text).not.toContain('"usage":{');
    expect(without.text).toMatch(/data: \[DONE\]\n\n$/);
    expect(rig.fake.requests[0]?.body.stream_options).toEqual({ include_usage: true });
    const asked = await rig.post(
      CHAT,
      key,
      chatBody({ stream: true, stream_options: { include_usage: true } }),
    );
    expect(asked.text).toContain('"usage":{');
    const refused = await rig.post(
      CHAT,
      key,
      chatBody({ stream: true, stream_options: { include_usage: false } }),
    );
    expect(refused.text).not.toContain('"usage":{');
    expect(
      rig.ledger.calls.map(({ tokenSource, completionTokens }) => [tokenSource, completionTokens]),
    ).toEqual(Array.from({ length: 3 }, () => ['engine', CHAT_ANSWER]));
  });

  it('counts every choice, every prompt, and embeddings', async () => {
    await rig.post(CHAT, key, chatBody({ n: 3, temperature: 0 }));
    expect(lastCall()).toMatchObject({ promptTokens: CHAT_PROMPT, completionTokens: 3 * CHAT_ANSWER });
    await rig.post('/v1/completions', key, { model: 'b3iq-selftest', prompt: ['a b', 'c d'], n: 2 });
    expect(lastCall()).toMatchObject({ endpoint: '/v1/completions', status: 'completed', promptTokens: 4 });
    const embeddings = await rig.post('/v1/embeddings', key, { model: 'b3iq-selftest', input: ['a b', 'c'] });
    expect(embeddings.json.data).toHaveLength(2);
    expect(lastCall()).toMatchObject({
      endpoint: '/v1/embeddings',
      promptTokens: 3,
      completionTokens: 0,
      tokenSource: 'engine',
    });
  });

  it('is estimated, and says so, when the engine does not count', async () => {
    rig.fake.knobs.fail = 'no_usage';
    await rig.post(CHAT, key, chatBody({ stream: true }));
    expect(lastCall()).toMatchObject({
      status: 'completed',
      tokenSource: 'estimated',
      completionTokens: CHAT_WORDS,
    });
    await rig.post(CHAT, key, chatBody());
    expect(lastCall()).toMatchObject({ status: 'completed', tokenSource: 'estimated' });
    expect(lastCall()?.completionTokens).toBeGreaterThan(0);
  });

  it('keeps every letter whole, however the engine’s bytes are cut', async () => {
    rig.fake.knobs.answer = 'größe 🦊 日本語 👩‍👩‍👧 ñ';
    const reply = await rig.post(CHAT, key, chatBody({ stream: true }));
    const text = reply.text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame) => JSON.parse(frame.slice(6)).choices[0]?.delta?.content ?? '')
      .join('');
    expect(text).toBe('größe 🦊 日本語 👩‍👩‍👧 ñ');
  });

  it('goes to the owner without a key, on the same path, with a receipt', async () => {
    const reply = await rig.post('/playground', undefined, chatBody({ stream: true }));
    expect(reply.status).toBe(200);
    expect(lastCall()).toMatchObject({ caller: 'owner', endpoint: CHAT, status: 'completed' });
    rig.state = 'unclaimed';
    expect((await rig.post('/playground', undefined, chatBody())).status).toBe(403);
  });

  it('leaves its speed for the dashboard', async () => {
    rig.fake.knobs.wordDelayMs = 5;
    for (let i = 0; i < 3; i++) await rig.post(CHAT, key, chatBody({ stream: true }));
    const { recentSpeeds } = rig.endpoint.stats();
    expect(recentSpeeds).toHaveLength(3);
    for (const speed of recentSpeeds) expect(speed).toBeGreaterThan(0);
  });

  it('leaves no word of prompt, answer or key in log and receipts', async () => {
    rig.fake.knobs.answer = 'MARKER-OUTPUT';
    await rig.post(
      CHAT,
      key,
      chatBody({ messages: [{ role: 'user', content: 'MARKER-PROMPT' }], user: 'MARKER-USER' }),
    );
    rig.fake.knobs.fail = 'die';
    await rig.post(
      CHAT,
      key,
      chatBody({ stream: true, messages: [{ role: 'user', content: 'MARKER-PROMPT' }] }),
    );
    await rig.post(CHAT, key, '{"MARKER-PROMPT');
    const kept = JSON.stringify([rig.log.lines, rig.ledger.calls, await rig.ledger.list({ limit: 50 })]);
    expect(kept).not.toMatch(/MARKER/);
    expect(kept).not.toContain(key);
  });
});
