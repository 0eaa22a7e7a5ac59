/** Engines that somebody else runs, behind the endpoint: their name of the model, their key, and what they do not count. */
import { describe, expect, it } from 'vitest';
import { RemoteSource } from '../engine/remote/source.ts';
import { startOllamaStandIn } from '../engine/remote/stand-ins/ollama.ts';
import { startSdServerStandIn } from '../engine/remote/stand-ins/sd-server.ts';
import { startSpeachesStandIn } from '../engine/remote/stand-ins/speaches.ts';
import { startVllmStandIn } from '../engine/remote/stand-ins/vllm.ts';
import type { RemoteSettings } from '../engine/remote/types.ts';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, chatBody, type Rig, rigStarter } from './test-rig.ts';

const start = rigStarter();
const KEY = 'sk-of-the-other-engine';

/** The engine at `origin` beside the rig's own, under the name `box`. */
async function connect(rig: Rig, origin: string, kind: RemoteSettings['kind'], times = {}) {
  const settings = { name: 'box', kind, origin, has_key: false };
  const source = new RemoteSource({ settings, key: KEY, registry: rig.engines, log: rig.log, times });
  rig.after(() => source.stop());
  await source.start();
  return source;
}

describe('an engine that counts', () => {
  it('is asked under its own name for the model and with its key; receipt and list have ours', async () => {
    const rig = await start();
    const there = await startVllmStandIn({ models: ['meta/Llama'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'openai');
    const key = await rig.key();
    const { json } = await rig.get('/v1/models', key);
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual(['box/meta/Llama', 'b3iq-selftest']);
    const whole = await rig.post(CHAT, key, chatBody({ model: 'box/meta/Llama' }));
    expect(whole.status).toBe(200);
    expect(whole.json.choices[0].message.content).toBe('You said: one two three');
    const stream = await rig.post(CHAT, key, chatBody({ model: 'box/meta/Llama', stream: true }));
    expect(stream.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(rig.ledger.calls).toMatchObject([
      { model: 'box/meta/Llama', status: 'completed', tokenSource: 'engine', promptTokens: 7 },
      { model: 'box/meta/Llama', status: 'completed', tokenSource: 'engine', promptTokens: 7 },
    ]);
    expect(JSON.stringify([rig.log.lines, rig.ledger.calls, whole, stream])).not.toContain(KEY);
  });

  it('holds a key’s budget to the token', async () => {
    const rig = await start();
    const there = await startVllmStandIn({ models: ['m'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'openai');
    there.rule.answer = 'word '.repeat(50);
    const key = await rig.key({ tokens_per_day: 20 });
    const reply = await rig.post(CHAT, key, chatBody({ model: 'box/m' }));
    expect(reply.json.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 13 });
    expect(rig.keys.list()[0]?.tokens_today).toBe(20);
    expect((await rig.post(CHAT, key, chatBody({ model: 'box/m' }))).status).toBe(429);
  });
});

describe('an engine that draws or hears', () => {
  it('makes a picture for a key with a budget, under its own name for the model', async () => {
    const rig = await start();
    const there = await startSdServerStandIn({ models: ['sd-cpp-local'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'openai');
    const body = { model: 'box/sd-cpp-local', prompt: 'a lighthouse' };
    const reply = await rig.post('/v1/images/generations', await rig.key({ tokens_per_day: 1 }), body);
    expect(reply).toMatchObject({ status: 200, json: { data: [{ b64_json: expect.any(String) }] } });
    expect(rig.ledger.calls).toMatchObject([
      { model: 'box/sd-cpp-local', status: 'completed', promptTokens: 0 },
    ]);
    const chat = await rig.post(CHAT, await rig.key(), chatBody({ model: 'box/sd-cpp-local' }));
    expect(chat).toMatchObject({ status: 501, json: { error: { code: 'capability_unavailable' } } });
  });

  it('writes a recording down, its name for the model put into the form', async () => {
    const rig = await start();
    const there = await startSpeachesStandIn({ models: ['Systran/faster-whisper-small'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'openai');
    const part = (head: string, value: string) =>
      `--b3iq\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    const form = `${part('name="model"', 'box/Systran/faster-whisper-small')}${part('name="file"; filename="a.wav"', 'hello there')}--b3iq--\r\n`;
    const reply = await rig.post('/v1/audio/transcriptions', await rig.key(), form, {
      'content-type': 'multipart/form-data; boundary=b3iq',
    });
    expect(reply).toMatchObject({ status: 200, json: { text: 'hello there' } });
  });

  it('answers responses and messages, each with its receipt', async () => {
    const rig = await start();
    const there = await startVllmStandIn({ models: ['m'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'openai');
    const key = await rig.key();
    const response = await rig.post('/v1/responses', key, { model: 'box/m', input: 'one two' });
    expect(response).toMatchObject({ status: 200, json: { object: 'response' } });
    const messages = [{ role: 'user', content: 'one two' }];
    const message = await rig.post('/v1/messages', key, { model: 'box/m', messages, max_tokens: 9 });
    expect(message).toMatchObject({ status: 200, json: { type: 'message' } });
    expect(rig.ledger.calls).toMatchObject([
      { endpoint: '/v1/responses', tokenSource: 'engine' },
      { endpoint: '/v1/messages', tokenSource: 'engine' },
    ]);
  });
});

describe('an engine that does not count', () => {
  it('serves keys without a budget, and says plainly why it serves no other', async () => {
    const rig = await start();
    const there = await startOllamaStandIn({ models: ['llama3.2:3b'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'ollama');
    const body = chatBody({ model: 'box/llama3.2:3b' });
    expect((await rig.post(CHAT, await rig.key(), body)).status).toBe(200);
    const asked = there.asked.length;
    const refused = await rig.post(CHAT, await rig.key({ tokens_per_day: 1_000 }), body);
    expect(refused).toMatchObject({
      status: 501,
      json: { error: { code: 'capability_unavailable', param: 'model' } },
    });
    expect(refused.json.error.message).toContain('budget');
    expect(there.asked).toHaveLength(asked);
  });

  it('is not asked for more answers than it counts, nor for what it cannot do', async () => {
    const rig = await start();
    const there = await startOllamaStandIn({ models: ['llama3.2:3b', 'embed-small'], key: KEY });
    rig.after(there.stop);
    await connect(rig, there.origin, 'ollama');
    const key = await rig.key();
    const asked = there.asked.length;
    expect(await rig.post(CHAT, key, chatBody({ model: 'box/llama3.2:3b', n: 2 }))).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request', param: 'n' } },
    });
    expect((await rig.post(CHAT, key, chatBody({ model: 'box/llama3.2:3b', logprobs: true }))).status).toBe(
      501,
    );
    expect((await rig.post(CHAT, key, chatBody({ model: 'box/embed-small' }))).status).toBe(501);
    expect(there.asked).toHaveLength(asked);
  });
});

it('an engine that went away is found out by the first call, and the next one is told why', async () => {
  const rig = await start();
  const there = await startVllmStandIn({ models: ['m'], key: KEY });
  const source = await connect(rig, there.origin, 'openai', { everyMs: 600_000 });
  await there.stop();
  const key = await rig.key();
  expect((await rig.post(CHAT, key, chatBody({ model: 'box/m' }))).status).toBe(503);
  await waitFor(() => source.state().name === 'failed', { timeoutMs: 10_000, what: 'the look' });
  const next = await rig.post(CHAT, key, chatBody({ model: 'box/m' }));
  expect(next).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
  expect(next.text).toContain('Nothing answers at its address.');
  expect(rig.ledger.calls).toHaveLength(1);
});
