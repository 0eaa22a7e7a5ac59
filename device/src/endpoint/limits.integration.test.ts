import { describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, CHAT_ANSWER, CHAT_PROMPT, chatBody, rigStarter } from './test-rig.ts';

const start = rigStarter();
const within = (what: string) => ({ timeoutMs: 10_000, what });

describe('limits of a key', () => {
  it('hold for requests a minute, with the exact time to wait', async () => {
    const clock = new FakeClock();
    const rig = await start({ clock });
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
    const rig = await start({ engine: { knobs: { fail: 'hang' } } });
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

  it('count from the next call on when the owner changes them, and what was used stays used', async () => {
    const clock = new FakeClock();
    const rig = await start({ clock });
    const { key, secret } = await rig.keys.create({ name: 'Test' });
    const ask = async () => (await rig.post(CHAT, secret, chatBody())).json.error?.code ?? 'answered';
    expect(await ask()).toBe('answered');
    const spent = rig.keys.list()[0]?.tokens_today ?? 0;
    await rig.keys.change(key.id, { tokens_per_day: spent });
    expect(await ask()).toBe('token_budget_exceeded');
    await rig.keys.change(key.id, { tokens_per_day: null, requests_per_minute: 1 });
    expect([await ask(), await ask()]).toEqual(['answered', 'rate_limit_exceeded']);
    await rig.keys.change(key.id, { requests_per_minute: 2 });
    expect([await ask(), await ask()]).toEqual(['answered', 'rate_limit_exceeded']);
    await rig.keys.change(key.id, { requests_per_minute: null, scopes: ['metrics'] });
    expect(await ask()).toBe('key_scope_denied');
  });

  it('are never overspent by 200 calls at once, whatever they ask for, finish or leave', async () => {
    const rig = await start({
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
        const response = await rig.open(key, body);
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
    const rig = await start({ clock, engine: { knobs: { answer: 'word '.repeat(100) } } });
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
    const rig = await start({ engine: { knobs: { answer: 'word '.repeat(100) } } });
    const key = await rig.key({ tokens_per_day: 20 });
    const body = JSON.stringify(chatBody()).replace(
      /}$/,
      ',"max_tokens":3,"max_completion_tokens":900,"max_tokens":900}',
    );
    const reply = await rig.post(CHAT, key, body);
    expect(reply.json.usage.completion_tokens).toBe(20 - CHAT_PROMPT);
  });

  it('refuse a prompt longer than the context, and cost nothing when the engine cannot count', async () => {
    const rig = await start();
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
