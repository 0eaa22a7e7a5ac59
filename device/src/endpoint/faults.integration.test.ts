import { describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, CHAT_PROMPT, chatBody, rigStarter } from './test-rig.ts';

const start = rigStarter();
const within = (what: string) => ({ timeoutMs: 10_000, what });

describe('a broken engine', () => {
  it('that is not ready is named, with when to try again', async () => {
    const rig = await start();
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
    const rig = await start({ engine: { model: { capabilities: ['chat'] } } });
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
    const rig = await start();
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
    const rig = await start({ engine: { knobs: { fail: 'status' } } });
    const key = await rig.key();
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 502,
      json: { error: { type: 'api_error', code: 'engine_failed' } },
    });
    expect(rig.ledger.calls[0]).toMatchObject({ status: 'failed', httpStatus: 502 });
  });

  it('that dies in the middle of a stream ends it with an error event, and counts what came', async () => {
    const rig = await start({ engine: { knobs: { fail: 'die', wordDelayMs: 20 } } });
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
    const rig = await start({ engine: { knobs: { fail: 'die' } } });
    const key = await rig.key();
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 503,
      json: { error: { code: 'engine_unavailable' } },
    });
    expect(rig.fake.requests).toHaveLength(1);
    expect(rig.ledger.calls).toHaveLength(1);
  });

  it('that never answers is given up in time', async () => {
    const rig = await start({ engine: { knobs: { fail: 'hang' } }, limits: { firstByteTimeoutMs: 200 } });
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
    const rig = await start();
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
