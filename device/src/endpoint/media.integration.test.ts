/** Ranking, pictures and recordings through the door: passed on as they came to an engine that does them, bounded, and receipted;
 *  and what a chat may not hold. */
import { describe, expect, it } from 'vitest';
import { CHAT, chatBody, rigStarter } from './test-rig.ts';

const start = rigStarter();
const MODEL = 'b3iq-selftest';
const able = { engine: { model: { capabilities: ['rerank', 'images', 'transcriptions'] as const } } };
const BOUNDARY = 'b3iq-test';
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
/** A form with these fields, and a recording unless told. */
function form(fields: readonly (readonly [string, string])[], hasFile = true): string {
  const parts = fields.map(([name, value]) => `form-data; name="${name}"\r\n\r\n${value}`);
  if (hasFile)
    parts.push('form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nhello there');
  return `${parts.map((part) => `--${BOUNDARY}\r\nContent-Disposition: ${part}\r\n`).join('')}--${BOUNDARY}--\r\n`;
}
const WITH_MODEL = [['model', MODEL]] as const;

describe('a ranking', () => {
  const body = { model: MODEL, query: 'the sea', documents: ['the land', 'the sea'] };

  it('is counted beforehand, like an embedding', async () => {
    const rig = await start(able);
    const key = await rig.key({ tokens_per_day: 10 });
    const reply = await rig.post('/v1/rerank', key, body);
    expect(reply).toMatchObject({ status: 200, json: { results: [{ index: 1 }, { index: 0 }] } });
    expect(rig.fake.requests[0]?.body).toEqual(body);
    expect(rig.ledger.calls[0]).toMatchObject({
      endpoint: '/v1/rerank',
      promptTokens: 8,
      completionTokens: 0,
    });
    expect(await rig.post('/v1/rerank', key, body)).toMatchObject({ status: 429 });
  });

  it('of nothing is refused by name', async () => {
    const rig = await start(able);
    expect(await rig.post('/v1/rerank', await rig.key(), { ...body, documents: [] })).toMatchObject({
      status: 400,
      json: { error: { param: 'documents' } },
    });
  });
});

describe('a picture', () => {
  it('is made for a prompt, with a receipt that holds no tokens', async () => {
    const rig = await start(able);
    const body = { model: MODEL, prompt: 'a lighthouse', n: 1, size: '64x64' };
    // Nothing is counted in tokens: a budget of them does not stand in the way.
    const reply = await rig.post('/v1/images/generations', await rig.key({ tokens_per_day: 1 }), body);
    expect(reply).toMatchObject({ status: 200, json: { data: [{ b64_json: expect.any(String) }] } });
    expect(rig.fake.requests[0]?.body).toEqual(body);
    expect(rig.ledger.calls[0]).toMatchObject({
      id: reply.headers['b3iq-receipt'],
      promptTokens: 0,
      completionTokens: 0,
    });
  });

  it('without a prompt is refused by name', async () => {
    const rig = await start(able);
    expect(await rig.post('/v1/images/generations', await rig.key(), { model: MODEL })).toMatchObject({
      status: 400,
      json: { error: { param: 'prompt' } },
    });
  });
});

describe('a recording', () => {
  const PATH = '/v1/audio/transcriptions';

  it('goes to the engine byte for byte, with its boundary', async () => {
    const rig = await start(able);
    const reply = await rig.post(PATH, await rig.key(), form([...WITH_MODEL, ['language', 'en']]), FORM);
    expect(reply).toMatchObject({ status: 200, json: { text: 'hello there' } });
    expect(rig.fake.requests[0]?.contentType).toBe(FORM['content-type']);
    expect(rig.ledger.calls[0]).toMatchObject({ endpoint: PATH, status: 'completed', promptTokens: 0 });
  });

  it.each([
    ['no form', JSON.stringify({ model: MODEL }), { 'content-type': 'application/json' }, 415],
    ['a form without its boundary', form(WITH_MODEL), { 'content-type': 'multipart/form-data' }, 415],
    ['a form cut off', form(WITH_MODEL).slice(0, 90), FORM, 400],
    ['no recording', form(WITH_MODEL, false), FORM, 400],
    ['no model', form([]), FORM, 400],
    ['two models, of which an engine might take the other', form([...WITH_MODEL, ['model', 'x']]), FORM, 400],
    ['another model', form([['model', 'whisper-1']]), FORM, 404],
    ['bytes that are no form', Buffer.from([0, 255, 10, 13]), FORM, 400],
  ])('%s is refused before the engine hears of it', async (_title, body, headers, status) => {
    const rig = await start(able);
    expect(await rig.post(PATH, await rig.key(), body, headers)).toMatchObject({
      status,
      json: { error: { message: expect.stringMatching(/.{10,}/) } },
    });
    expect(rig.fake.requests).toEqual([]);
  });

  it('larger than the bound is refused', async () => {
    const rig = await start({ ...able, limits: { maxBodyBytes: 200 } });
    const large = form([...WITH_MODEL, ['prompt', 'x'.repeat(300)]]);
    expect(await rig.post(PATH, await rig.key(), large, FORM)).toMatchObject({ status: 413 });
  });
});

describe('a chat', () => {
  it.each([
    [CHAT, chatBody({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] })],
    ['/v1/responses', { model: MODEL, input: [{ role: 'user', content: [{ type: 'input_image' }] }] }],
    [
      '/v1/messages',
      { model: MODEL, max_tokens: 5, messages: [{ role: 'user', content: [{ type: 'image' }] }] },
    ],
    [
      '/v1/messages',
      {
        model: MODEL,
        max_tokens: 5,
        messages: [{ role: 'user', content: [{ type: 'tool_result', content: [{ type: 'image' }] }] }],
      },
    ],
  ])('with a picture is refused in %s by a model that sees nothing, with what would', async (path, body) => {
    const rig = await start();
    const reply = await rig.post(path, await rig.key(), body);
    expect(reply).toMatchObject({ status: 501 });
    expect(reply.json.error.message).toContain('It would take a model that reads pictures');
    expect(rig.fake.requests).toEqual([]);
  });

  it('with functions as they were before tools is told of tools', async () => {
    const rig = await start();
    const key = await rig.key();
    const functions = [{ name: 'f', parameters: {} }];
    const reply = await rig.post(CHAT, key, chatBody({ functions }));
    expect(reply).toMatchObject({ status: 400, json: { error: { param: 'functions' } } });
    expect(reply.json.error.message).toContain('`tools`');
    const forced = await rig.post(CHAT, key, chatBody({ function_call: 'auto' }));
    expect(forced.json.error).toMatchObject({
      param: 'function_call',
      message: expect.stringContaining('tool_choice'),
    });
    expect((await rig.post(CHAT, key, chatBody({ functions: null }))).status).toBe(200);
  });
});
