/** The surface of the official `openai` client, call by call, as an app's author uses it. A suite: each engine of ours passes it. */
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  toFile,
} from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MakeTestEngine } from '../../engine/fixtures/test-engine.ts';
import { waitFor } from '../../os/wait-for.ts';
import { type ClientMachine, MODEL as model, startClientMachine } from './machine.ts';

const question = 'Does my data leave my machine?';
const messages = [{ role: 'user' as const, content: question }];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 12 } },
  required: ['city'],
};
const weather = { type: 'function' as const, function: { name: 'get_weather', parameters } };
const mood = {
  type: 'object',
  properties: { mood: { enum: ['calm', 'windy'] } },
  required: ['mood'],
  additionalProperties: false,
};

/** Registers the suite. */
export function openAiClient(name: string, makeEngine: MakeTestEngine): void {
  describe(`the openai client with ${name}`, () => {
    let machine: ClientMachine;
    let client: OpenAI;
    const clientFor = (apiKey: string) =>
      new OpenAI({ baseURL: `${machine.origin}/v1`, apiKey, maxRetries: 0 });
    beforeAll(async () => {
      machine = await startClientMachine(makeEngine);
      client = clientFor(await machine.key());
    });
    afterAll(() => machine.remove());

    test('models: list and retrieve', async () => {
      const ids: string[] = [];
      for await (const entry of client.models.list()) ids.push(entry.id);
      expect(ids).toEqual([model]);
      expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
    });

    test('chat: whole, with usage, log probabilities and a receipt', async () => {
      const { data, response } = await client.chat.completions
        .create({ model, messages, temperature: 0, logprobs: true, top_logprobs: 2 })
        .withResponse();
      expect(data.choices[0]?.message.content).toMatch(/\bNo\b/);
      expect(data.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2);
      expect(machine.ledger.calls.at(-1)).toMatchObject({
        id: response.headers.get('b3iq-receipt'),
        promptTokens: data.usage?.prompt_tokens,
        completionTokens: data.usage?.completion_tokens,
      });
    });

    test('chat: streamed, and the same', async () => {
      const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
      const stream = client.chat.completions.stream({
        model,
        messages,
        temperature: 0,
        stream_options: { include_usage: true },
      });
      const final = await stream.finalChatCompletion();
      expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
      expect(final.usage).toEqual(whole.usage);
    });

    test('chat: tools, whole and streamed', async () => {
      const asked = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];
      const body = { model, messages: asked, tools: [weather], temperature: 0 };
      const whole = await client.chat.completions.create({ ...body, tool_choice: 'required' });
      const named = { type: 'function' as const, function: { name: 'get_weather' } };
      const streamed = await client.chat.completions.stream({ ...body, tool_choice: named }).finalMessage();
      for (const [call] of [whole.choices[0]?.message.tool_calls ?? [], streamed.tool_calls ?? []]) {
        if (call?.type !== 'function') throw new Error('expected a function call');
        expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      }
    });

    test('chat: structured output', async () => {
      const completion = await client.chat.completions.parse({
        model,
        messages,
        response_format: { type: 'json_schema', json_schema: { name: 'sea', strict: true, schema: mood } },
      });
      expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ mood: expect.any(String) });
    });

    test('completions: whole and streamed', async () => {
      const body = { model, prompt: 'The capital of France', max_tokens: 8, temperature: 0 };
      const whole = await client.completions.create(body);
      let text = '';
      for await (const chunk of await client.completions.create({ ...body, stream: true }))
        text += chunk.choices[0]?.text ?? '';
      expect(text).toBe(whole.choices[0]?.text);
    });

    test('embeddings: as the client asks for them by itself, and as numbers', async () => {
      const input = ['the sea', 'the sun'];
      const packed = await client.embeddings.create({ model, input });
      const plain = await client.embeddings.create({ model, input, encoding_format: 'float' });
      expect(packed.data.map(({ embedding }) => embedding.length)).toEqual(
        plain.data.map(({ embedding }) => embedding.length),
      );
      expect(packed.data[1]?.embedding[0]).toBeCloseTo(plain.data[1]?.embedding[0] ?? Number.NaN, 5);
    });

    test('responses: whole, with instructions, usage and a receipt', async () => {
      const { data, response } = await client.responses
        .create({ model, input: question, instructions: 'You are b3iq.', temperature: 0 })
        .withResponse();
      expect(data.output_text.length).toBeGreaterThan(0);
      expect(data).toMatchObject({ status: 'completed', instructions: 'You are b3iq.' });
      expect(machine.ledger.calls.at(-1)).toMatchObject({
        id: response.headers.get('b3iq-receipt'),
        endpoint: '/v1/responses',
        promptTokens: data.usage?.input_tokens,
        completionTokens: data.usage?.output_tokens,
      });
    });

    test('responses: streamed, and the same', async () => {
      const whole = await client.responses.create({ model, input: question, temperature: 0 });
      const stream = client.responses.stream({ model, input: question, temperature: 0 });
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => {
        text += delta;
      });
      const final = await stream.finalResponse();
      expect(text).toBe(whole.output_text);
      expect(final.output_text).toBe(whole.output_text);
      expect(final.usage).toEqual(whole.usage);
    });

    test('responses: a function, its output, and structured output', async () => {
      const tools = [{ type: 'function' as const, name: 'get_weather', parameters, strict: true }];
      const input = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];
      const first = await client.responses
        .stream({ model, input, tools, tool_choice: 'required', temperature: 0 })
        .finalResponse();
      const [call] = first.output;
      if (call?.type !== 'function_call') throw new Error('expected a function call');
      expect(JSON.parse(call.arguments)).toEqual({ city: expect.any(String) });
      const { call_id, name, arguments: text } = call;
      const second = await client.responses.create({
        model,
        input: [
          ...input,
          { type: 'function_call', call_id, name, arguments: text },
          { type: 'function_call_output', call_id, output: '{"sky":"clear"}' },
        ],
        tools,
        temperature: 0,
      });
      expect(second.output_text).toEqual(expect.any(String));
      const format = { type: 'json_schema' as const, name: 'sea', strict: true, schema: mood };
      const parsed = await client.responses.parse({ model, input: question, text: { format } });
      expect(JSON.parse(parsed.output_text)).toEqual({ mood: expect.any(String) });
    });

    test('a client that leaves is aborted and receipted', async () => {
      const before = machine.ledger.calls.length;
      // Nine hundred numbers are not written before the client has left.
      const numbers = { type: 'array', items: { type: 'integer' }, minItems: 900, maxItems: 900 };
      const schema = { type: 'object', properties: { numbers }, required: ['numbers'] };
      const text = { format: { type: 'json_schema' as const, name: 'long', schema } };
      const stream = await client.responses.create({ model, input: question, stream: true, text });
      for await (const _event of stream) break;
      await waitFor(() => machine.ledger.calls.length > before, { timeoutMs: 20_000, what: 'its receipt' });
      expect(machine.ledger.calls.at(-1)?.status).toBe('aborted');
    });

    test('errors arrive as the client’s own classes', async () => {
      const chat = (who: OpenAI, rest: object = {}) =>
        who.chat.completions.create({ model, messages, max_tokens: 4, ...rest });
      await expect(chat(clientFor('b3iq_local_wrong'))).rejects.toThrow(AuthenticationError);
      await expect(chat(client, { model: 'gpt-4' })).rejects.toThrow(NotFoundError);
      await expect(chat(client, { temperature: 9 })).rejects.toThrow(BadRequestError);
      await expect(chat(client, { functions: [{ name: 'f' }] })).rejects.toThrow(/`tools`/);
      const elsewhere = clientFor(await machine.key({ models: ['another'] }));
      await expect(chat(elsewhere)).rejects.toThrow(PermissionDeniedError);
      const spent = clientFor(await machine.key({ tokens_per_day: 1 }));
      await expect(chat(spent)).rejects.toThrow(RateLimitError);
      await expect(
        client.responses.create({ model, input: question, previous_response_id: 'x' }),
      ).rejects.toThrow(BadRequestError);
      await expect(client.images.generate({ model, prompt: 'a ship' })).rejects.toThrow(InternalServerError);
      const file = await toFile(Buffer.from('RIFF'), 'a.wav');
      await expect(client.audio.transcriptions.create({ model, file })).rejects.toMatchObject({
        status: 501,
        code: 'capability_unavailable',
      });
    });
  });
}
