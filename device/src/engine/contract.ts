/**
 * What every engine adapter must do, tried over its own HTTP. Separate from adapters so that the agent may rely on
 * these sentences whatever runs below it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, askStream, bytesOf, type Json, leaveStream } from './fixtures/ask.ts';
import { COUNTED, WEATHER_TOOL } from './fixtures/conversations.ts';
import type { Engine } from './port.ts';
import { shapeTests } from './suites/shapes.ts';

const CHAT = '/v1/chat/completions';
const HELLO = {
  messages: [{ role: 'user', content: 'Tell me a short story about the sea' }],
  temperature: 0,
  max_tokens: 24,
};

/** In what engines may differ. Everything else in this file holds for all. */
export interface EngineTraits {
  /**
   * `characters`: tokens that make one character together share an entry, that of the last one. llama-server is silent about a token
   * until its character is whole, and says nothing about it later. Usage counts every token all the same.
   */
  readonly logprobsOf: 'tokens' | 'characters';
}

/**
 * Registers the suite.
 * @param makeEngine  an engine not yet started, and a way to remove what it used; called once
 * @param more  registers further tests of one adapter on the same running engine
 */
export function engineContract(
  name: string,
  traits: EngineTraits,
  makeEngine: () => Promise<{ readonly engine: Engine; readonly remove: () => Promise<void> }>,
  more: (running: () => Engine) => void = () => undefined,
): void {
  describe(`${name} keeps the engine contract`, () => {
    let engine: Engine;
    let remove: () => Promise<void>;
    beforeAll(async () => {
      ({ engine, remove } = await makeEngine());
      await engine.start();
    });
    afterAll(async () => {
      await engine.stop();
      await remove();
    });
    const chat = async (more: object): Promise<Json> => {
      const { status, json } = await ask(engine, CHAT, { ...HELLO, ...more });
      expect(json.error, JSON.stringify(json.error)).toBeUndefined();
      expect(status).toBe(200);
      return json;
    };

    test('it is ready and lists its one model', async () => {
      expect(engine.state()).toEqual({ name: 'ready' });
      const { json } = await ask(engine, '/v1/models', undefined);
      expect(json).toMatchObject({ object: 'list', data: [{ id: engine.model.id, object: 'model' }] });
    });

    test('a chat answer has OpenAI’s shape and adds up', async () => {
      const json = await chat({ model: engine.model.id });
      expect(json).toMatchObject({ object: 'chat.completion', model: engine.model.id });
      expect(json.id).toMatch(/^chatcmpl-[A-Za-z0-9_-]{8,}$/);
      expect(json.created).toBeGreaterThan(1_600_000_000);
      expect(json.choices[0].message).toMatchObject({ role: 'assistant', content: expect.any(String) });
      const { prompt_tokens, completion_tokens, total_tokens } = json.usage;
      expect(total_tokens).toBe(prompt_tokens + completion_tokens);
      expect(completion_tokens).toBeGreaterThan(0);
      expect(completion_tokens).toBeLessThanOrEqual(24);
    });

    test('a stream says the same as the whole answer, begins with the role and ends with [DONE]', async () => {
      const whole = await chat({});
      const stream = await askStream(engine, CHAT, HELLO);
      expect(stream.isDone).toBe(true);
      expect(stream.chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
      expect(stream.text).toBe(whole.choices[0].message.content);
      expect(stream.chunks.at(-1).choices[0]).toMatchObject({
        delta: {},
        finish_reason: whole.choices[0].finish_reason,
      });
      expect(stream.chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    });

    test('a stream tells its usage in a last chunk without choices when asked', async () => {
      const whole = await chat({});
      const stream = await askStream(engine, CHAT, { ...HELLO, stream_options: { include_usage: true } });
      expect(stream.chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
      expect(stream.chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    });

    test.each(COUNTED)('the count of %s is the usage of its answer', async (_title, path, body) => {
      const counted = await engine.countPrompt(path, bytesOf(body), AbortSignal.timeout(10_000));
      const { status, json } = await ask(
        engine,
        path,
        path === '/v1/embeddings' ? body : { ...body, max_tokens: 2, max_output_tokens: 2 },
      );
      expect(json.error ?? null, JSON.stringify(json.error)).toBeNull();
      expect(status).toBe(200);
      expect(json.usage.prompt_tokens ?? json.usage.input_tokens).toBe(counted);
    });

    test('max_tokens is kept exactly and named as the reason', async () => {
      const json = await chat({ max_tokens: 2 });
      expect(json.choices[0].finish_reason).toBe('length');
      expect(json.usage.completion_tokens).toBe(2);
    });

    test('a stop text ends the answer before it, streamed and whole', async () => {
      const full: string = (await chat({})).choices[0].message.content;
      const stop = full.slice(Math.floor(full.length / 2), Math.floor(full.length / 2) + 3);
      const json = await chat({ stop: ['never said at all', stop] });
      expect(json.choices[0]).toMatchObject({ finish_reason: 'stop' });
      expect(json.choices[0].message.content).toBe(full.slice(0, full.indexOf(stop)));
      const stream = await askStream(engine, CHAT, { ...HELLO, stop });
      expect(stream.text).toBe(full.slice(0, full.indexOf(stop)));
    });

    test('n choices count the prompt once and every answer', async () => {
      const one = await chat({});
      const two = await chat({ n: 2 });
      expect(two.choices.map((choice: Json) => choice.index)).toEqual([0, 1]);
      expect(two.usage.prompt_tokens).toBe(one.usage.prompt_tokens);
      expect(two.usage.completion_tokens).toBe(2 * one.usage.completion_tokens);
      const stream = await askStream(engine, CHAT, { ...HELLO, n: 2 });
      expect(new Set(stream.chunks.map((chunk) => chunk.choices[0].index))).toEqual(new Set([0, 1]));
    });

    test('an answer by schema is JSON the schema allows', async () => {
      const schema = {
        type: 'object',
        properties: {
          mood: { enum: ['calm', 'windy'] },
          ships: { type: 'integer', minimum: 0, maximum: 12 },
          far: { type: 'boolean' },
        },
        required: ['mood', 'ships', 'far'],
        additionalProperties: false,
      };
      const response_format = { type: 'json_schema', json_schema: { name: 'sea', strict: true, schema } };
      const json = await chat({ response_format, max_tokens: 300, temperature: 1, seed: 5 });
      const value = JSON.parse(json.choices[0].message.content);
      expect(Object.keys(value)).toEqual(['mood', 'ships', 'far']);
      expect(schema.properties.mood.enum).toContain(value.mood);
      expect(value.ships).toBeGreaterThanOrEqual(0);
      expect(value.ships).toBeLessThanOrEqual(12);
    });

    test('a schema it cannot promise is refused by the keyword’s name', async () => {
      const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^x$' } } };
      const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
      const { status, json } = await ask(engine, CHAT, { ...HELLO, response_format });
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ code: 'invalid_request', type: 'invalid_request_error' });
      expect(json.error.message).toContain('pattern');
    });

    test('a named tool is called, with arguments that are JSON', async () => {
      const tool_choice = { type: 'function', function: { name: 'get_weather' } };
      const more = { tools: [WEATHER_TOOL], tool_choice, max_tokens: 200, temperature: 0.5, seed: 1 };
      const json = await chat(more);
      const [call] = json.choices[0].message.tool_calls;
      expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
      expect(call.id).toMatch(/^call_/);
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      expect(json.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
      const stream = await askStream(engine, CHAT, { ...HELLO, ...more });
      const deltas = stream.chunks.flatMap((chunk) => chunk.choices[0].delta.tool_calls ?? []);
      expect(deltas[0]).toMatchObject({
        index: 0,
        id: expect.any(String),
        function: { name: 'get_weather' },
      });
      expect(deltas.map((delta) => delta.function.arguments).join('')).toBe(call.function.arguments);
    });

    test('log probabilities have one entry a token, with bytes and alternatives', async () => {
      const json = await chat({ logprobs: true, top_logprobs: 3, max_tokens: 5 });
      const { content } = json.choices[0].logprobs;
      expect(content.length).toBeGreaterThan(0);
      if (traits.logprobsOf === 'tokens') expect(content).toHaveLength(json.usage.completion_tokens);
      else expect(content.length).toBeLessThanOrEqual(json.usage.completion_tokens);
      for (const entry of content) {
        expect(entry).toMatchObject({ token: expect.any(String), bytes: expect.any(Array) });
        expect(entry.logprob).toBeLessThanOrEqual(0);
        expect(entry.top_logprobs).toHaveLength(3);
        expect(entry.top_logprobs[0].logprob).toBeGreaterThanOrEqual(entry.top_logprobs[1].logprob);
      }
    });

    test('completions answer every prompt and tell their log probabilities in the old shape', async () => {
      const body = { prompt: ['The sea', 'The sun'], max_tokens: 4, temperature: 0, logprobs: 2 };
      const { json } = await ask(engine, '/v1/completions', body);
      expect(json).toMatchObject({ object: 'text_completion' });
      expect(json.choices.map((choice: Json) => choice.index)).toEqual([0, 1]);
      const { tokens, token_logprobs, top_logprobs, text_offset } = json.choices[0].logprobs;
      expect(token_logprobs).toHaveLength(tokens.length);
      expect(top_logprobs).toHaveLength(tokens.length);
      expect(text_offset[0]).toBe(0);
    });

    test('embeddings have one length, in numbers and in base64', async () => {
      const { json } = await ask(engine, '/v1/embeddings', { input: ['the sea', 'the sun'] });
      const base64 = await ask(engine, '/v1/embeddings', {
        input: ['the sea', 'the sun'],
        encoding_format: 'base64',
      });
      const [first, second] = json.data.map((entry: Json) => entry.embedding);
      expect(first.length).toBe(second.length);
      expect(Math.hypot(...first)).toBeCloseTo(1, 4);
      const bytes = Buffer.from(base64.json.data[1].embedding, 'base64');
      expect([...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)]).toEqual(
        second.map((value: number) => Math.fround(value)),
      );
    });

    test.each([
      ['no JSON', CHAT, '{"messages": [', 400, 'invalid_json'],
      ['no UTF-8', CHAT, Buffer.from([0x7b, 0xff, 0x7d]), 400, 'invalid_json'],
      ['a list', CHAT, '[]', 400, 'invalid_json'],
      ['ten thousand arrays', CHAT, `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400, 'body_too_deep'],
      ['no messages', CHAT, { messages: [] }, 400, 'invalid_request'],
      ['a role nobody has', CHAT, { messages: [{ role: 'boss', content: 'x' }] }, 400, 'invalid_request'],
      [
        'an image',
        CHAT,
        { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
        501,
        'capability_unavailable',
      ],
      ['another model', CHAT, { ...HELLO, model: 'gpt-4' }, 404, 'model_not_found'],
      [
        'a prompt too long',
        CHAT,
        { messages: [{ role: 'user', content: 'word '.repeat(200_000) }] },
        400,
        'context_length_exceeded',
      ],
      ['too many choices', CHAT, { ...HELLO, n: 9 }, 400, 'invalid_request'],
      ['a suffix', '/v1/completions', { prompt: 'x', suffix: 'y' }, 400, 'invalid_request'],
      ['a size of its own', '/v1/embeddings', { input: 'x', dimensions: 8 }, 400, 'invalid_request'],
      ['an unknown path', '/v1/images', {}, 404, 'not_found'],
    ])('%s gets a clear refusal', async (_title, path, body, status, code) => {
      const answer = await ask(engine, path, body);
      expect(answer.json.error).toMatchObject({ code, message: expect.stringMatching(/.{10,}/) });
      expect(answer.status).toBe(status);
    });

    test('a count refuses what an answer would refuse', async () => {
      const count = (body: object) => engine.countPrompt(CHAT, bytesOf(body), AbortSignal.timeout(10_000));
      await expect(count({ messages: [] })).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(
        count({ messages: [{ role: 'user', content: 'word '.repeat(200_000) }] }),
      ).rejects.toMatchObject({
        code: 'context_length_exceeded',
      });
    });

    test('twice as many clients as slots are all answered, and those who leave do no harm', async () => {
      const wanted = (await chat({})).choices[0].message.content;
      const answers = await Promise.all(
        Array.from({ length: 2 * engine.slots }, async (_, at) =>
          at % 3 === 2
            ? leaveStream(engine, CHAT, { ...HELLO, max_tokens: 200 })
            : askStream(engine, CHAT, HELLO),
        ),
      );
      for (const answer of answers) if (answer !== undefined) expect(answer.text).toBe(wanted);
      expect((await chat({})).choices[0].message.content).toBe(wanted);
    });

    shapeTests(() => engine);

    more(() => engine);

    test('after its stop it is stopped, counts nothing, and starts again', async () => {
      await engine.stop();
      expect(engine.state()).toEqual({ name: 'stopped' });
      await expect(
        engine.countPrompt(CHAT, bytesOf(HELLO), AbortSignal.timeout(5_000)),
      ).rejects.toMatchObject({
        code: 'engine_unavailable',
      });
      await engine.start();
      expect(engine.state()).toEqual({ name: 'ready' });
    });
  });
}
