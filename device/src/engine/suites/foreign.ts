/**
 * What the agent relies on from an engine that somebody else runs: the part of `contract.ts` that is not ours to promise away.
 * Separate because its refusals, its templates and its small print are its own: the endpoint refuses a bad body and an unknown
 * model before it hears of them, and asks only for what probing found.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeEngineError } from '../../endpoint/openai-error.ts';
import { CodedError } from '../../errors.ts';
import { ask, askEvents, askStream, bytesOf, type Json, leaveStream } from '../fixtures/ask.ts';
import { COUNTED, WEATHER_TOOL } from '../fixtures/conversations.ts';
import type { Engine } from '../port.ts';

const CHAT = '/v1/chat/completions';
/** Responses and Messages are counted by some that speak them. */
const SHAPES: ReadonlySet<string> = new Set(['/v1/responses', '/v1/messages']);
const HELLO = { messages: [{ role: 'user', content: 'Where is my data?' }], temperature: 0, max_tokens: 24 };

/**
 * Registers the suite. The engine must write, embed, call tools, keep a schema and tell log probabilities, as far as it says so.
 * @param makeEngine  one whose source has looked; called once
 */
export function foreignContract(
  name: string,
  makeEngine: () => Promise<{ readonly engine: Engine; readonly remove: () => Promise<void> }>,
): void {
  describe(`${name} keeps what is asked of an engine somebody else runs`, () => {
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
    const can = (ability: Engine['model']['capabilities'][number]) =>
      engine.model.capabilities.includes(ability);
    const chat = async (more: object): Promise<Json> => {
      const { status, json } = await ask(engine, CHAT, { ...HELLO, ...more });
      expect(status, JSON.stringify(json.error)).toBe(200);
      return json;
    };

    test('it is ready, and its name here is never a path of its computer', () => {
      expect(engine.state()).toEqual({ name: 'ready' });
      expect(engine.model.id).toMatch(/^box\/[^/\\][^\\]*$/);
    });

    test('a chat answer has OpenAI’s shape and adds up', async () => {
      const json = await chat({});
      expect(json).toMatchObject({ object: 'chat.completion' });
      expect(json.choices[0].message).toMatchObject({ role: 'assistant', content: expect.any(String) });
      const { prompt_tokens, completion_tokens, total_tokens } = json.usage;
      expect(total_tokens).toBe(prompt_tokens + completion_tokens);
      expect(completion_tokens).toBeGreaterThan(0);
      expect(completion_tokens).toBeLessThanOrEqual(24);
    });

    test('a stream says the same as the whole answer, ends with [DONE], and tells its usage when asked', async () => {
      const whole = await chat({});
      const stream = await askStream(engine, CHAT, { ...HELLO, stream_options: { include_usage: true } });
      expect(stream.isDone).toBe(true);
      expect(stream.text).toBe(whole.choices[0].message.content);
      const { prompt_tokens, completion_tokens } = whole.usage;
      expect(stream.chunks.at(-1)).toMatchObject({
        choices: [],
        usage: { prompt_tokens, completion_tokens },
      });
    });

    test.each(COUNTED)(
      'the count of %s is the usage of its answer, or there is none',
      async (_title, path, body) => {
        const counted = engine.countPrompt(path, bytesOf(body), AbortSignal.timeout(10_000));
        const refused = await counted.then(
          () => undefined,
          (error: unknown) => error,
        );
        const isUncounted = refused instanceof CodedError && refused.code === 'capability_unavailable';
        if (!engine.canCount || (SHAPES.has(path) && isUncounted))
          return expect(refused).toMatchObject({ code: 'capability_unavailable' });
        // Small print of its own: what it does not count it does not answer either.
        if (refused !== undefined)
          return expect(
            (await ask(engine, path, { ...body, [LIMITS[path] ?? 'max_tokens']: 2 })).status,
          ).toBe(400);
        const choices = (Number(body.n) || 1) * (isTexts(body.prompt) ? body.prompt.length : 1);
        if (choices > (engine.model.maxChoices ?? choices)) return expect(await counted).toBeGreaterThan(0); // refused before it is asked
        const { status, json } = await ask(
          engine,
          path,
          path === '/v1/embeddings' ? body : { ...body, [LIMITS[path] ?? 'max_tokens']: 2 },
        );
        expect(status, JSON.stringify(json.error)).toBe(200);
        // Whether tools that may not be used are in the prompt is a setting of vLLM: more may be counted, never less.
        if (body.tool_choice === 'none')
          expect(await counted).toBeGreaterThanOrEqual(json.usage.prompt_tokens);
        else expect(await counted).toBe(promptTokens(json.usage));
      },
    );

    test('a response says the same whole and streamed, and ends with its usage', async () => {
      if (!can('responses')) return expect(engine.model.capabilities).not.toContain('messages');
      const body = { input: 'Where is my data?', max_output_tokens: 24, temperature: 0 };
      const { status, json } = await ask(engine, '/v1/responses', body);
      expect(status, JSON.stringify(json.error)).toBe(200);
      const events = await askEvents(engine, '/v1/responses', body);
      expect(events.at(-1).type).toMatch(/^response\.(?:completed|incomplete)$/);
      expect(promptTokens(events.at(-1).response.usage)).toBe(promptTokens(json.usage));
      const said = events.filter(({ type }) => type === 'response.output_text.delta');
      expect(said.map(({ delta }) => delta).join('')).toBe(json.output[0].content[0].text);
    });

    test('a message says the same whole and streamed, and ends with its usage', async () => {
      if (!can('messages')) return expect(engine.model.capabilities).not.toContain('responses');
      const body = { messages: HELLO.messages, max_tokens: 24, temperature: 0 };
      const { status, json } = await ask(engine, '/v1/messages', body);
      expect(status, JSON.stringify(json.error)).toBe(200);
      expect(json).toMatchObject({ type: 'message', role: 'assistant' });
      const events = await askEvents(engine, '/v1/messages', body);
      expect(events.at(-1).type).toBe('message_stop');
      const said = events.filter(({ delta }) => delta?.type === 'text_delta');
      expect(said.map(({ delta }) => delta.text).join('')).toBe(json.content[0].text);
      expect(promptTokens(json.usage)).toBeGreaterThan(0);
    });

    test('max_tokens is kept exactly and named as the reason', async () => {
      const json = await chat({ max_tokens: 2 });
      expect(json.choices[0].finish_reason).toBe('length');
      expect(json.usage.completion_tokens).toBe(2);
    });

    test('as many choices as it counts, each of them counted', async () => {
      const n = Math.min(2, engine.model.maxChoices ?? 2);
      const [one, all] = [await chat({}), await chat({ n })];
      expect(all.choices).toHaveLength(n);
      expect(all.usage.completion_tokens).toBe(n * one.usage.completion_tokens);
    });

    test('what it says it can do it does', async () => {
      const schema = {
        type: 'object',
        properties: { mood: { enum: ['calm', 'windy'] } },
        required: ['mood'],
        additionalProperties: false,
      };
      if (can('json_schema')) {
        const response_format = { type: 'json_schema', json_schema: { name: 'sea', strict: true, schema } };
        const json = await chat({ response_format, max_tokens: 300 });
        expect(schema.properties.mood.enum).toContain(JSON.parse(json.choices[0].message.content).mood);
      }
      if (can('tools')) {
        const tool_choice = { type: 'function', function: { name: 'get_weather' } };
        const json = await chat({ tools: [WEATHER_TOOL], tool_choice, max_tokens: 200 });
        const [call] = json.choices[0].message.tool_calls;
        expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
        expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      }
      if (can('logprobs')) {
        const json = await chat({ logprobs: true, top_logprobs: 3, max_tokens: 5 });
        expect(json.choices[0].logprobs.content.length).toBeGreaterThan(0);
      }
      if (can('embeddings')) {
        const { json } = await ask(engine, '/v1/embeddings', { input: ['the sea', 'the sun'] });
        expect(json.data[0].embedding.length).toBe(json.data[1].embedding.length);
      }
      expect(can('chat')).toBe(true);
    });

    test('a prompt too long is refused in words the endpoint understands', async () => {
      const messages = [{ role: 'user', content: 'word '.repeat(200_000) }];
      const { status, json } = await ask(engine, CHAT, { messages });
      expect(judgeEngineError(status, JSON.stringify(json)).error.code).toBe('context_length_exceeded');
    });

    test('clients that leave do no harm to others', async () => {
      const wanted = (await chat({})).choices[0].message.content;
      const answers = await Promise.all(
        Array.from({ length: 8 }, async (_, at) =>
          at % 3 === 2
            ? leaveStream(engine, CHAT, { ...HELLO, max_tokens: 200 })
            : askStream(engine, CHAT, HELLO),
        ),
      );
      for (const answer of answers) if (answer !== undefined) expect(answer.text).toBe(wanted);
    });

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

/** How each shape calls its bound. */
const LIMITS: Readonly<Record<string, string>> = { '/v1/responses': 'max_output_tokens' };
/** What was read, with what came from a cache. */
const promptTokens = (usage: Json): number =>
  usage.prompt_tokens ??
  usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'string');
