/** The surface of the official `@anthropic-ai/sdk` client, call by call, as an app's author uses it. A suite: each engine of ours
 *  passes it. */
import Anthropic, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MakeTestEngine } from '../../engine/fixtures/test-engine.ts';
import { type ClientMachine, MODEL as model, startClientMachine } from './machine.ts';

const question = 'Does my data leave my machine?';
const messages = [{ role: 'user' as const, content: question }];
/** The client no longer names it; servers read it. */
const exactly: object = { temperature: 0 };
const input_schema = {
  type: 'object' as const,
  properties: { city: { type: 'string', maxLength: 12 } },
  required: ['city'],
};
const tools = [{ name: 'get_weather', description: 'The weather in a city', input_schema }];

/** Registers the suite. */
export function anthropicClient(name: string, makeEngine: MakeTestEngine): void {
  describe(`the Anthropic client with ${name}`, () => {
    let machine: ClientMachine;
    let client: Anthropic;
    const clientFor = (apiKey: string) => new Anthropic({ baseURL: machine.origin, apiKey, maxRetries: 0 });
    const body = { model, messages, max_tokens: 100 };
    beforeAll(async () => {
      machine = await startClientMachine(makeEngine);
      client = clientFor(await machine.key());
    });
    afterAll(() => machine.remove());

    test('models: list and retrieve', async () => {
      const found: Anthropic.ModelInfo[] = [];
      for await (const entry of client.models.list()) found.push(entry);
      expect(found).toMatchObject([{ id: model, type: 'model', display_name: 'Self-test model' }]);
      expect(await client.models.retrieve(model)).toMatchObject({ id: model, type: 'model' });
    });

    test('messages: whole, with usage and a receipt', async () => {
      const { data, response } = await client.messages.create(body).withResponse();
      const [part] = data.content;
      if (part?.type !== 'text') throw new Error('expected text');
      expect(part.text).toMatch(/\bNo\b/);
      expect(data).toMatchObject({ role: 'assistant', stop_reason: 'end_turn', model });
      expect(machine.ledger.calls.at(-1)).toMatchObject({
        id: response.headers.get('b3iq-receipt'),
        endpoint: '/v1/messages',
        promptTokens: data.usage.input_tokens,
        completionTokens: data.usage.output_tokens,
      });
    });

    test('messages: streamed, and the same', async () => {
      const exact = { ...body, ...exactly };
      const whole = await client.messages.create(exact);
      const stream = client.messages.stream(exact);
      let text = '';
      stream.on('text', (delta) => {
        text += delta;
      });
      const final = await stream.finalMessage();
      expect(final.content).toMatchObject(whole.content);
      expect(final.content).toMatchObject([{ text }]);
      expect(final.usage).toMatchObject({ ...whole.usage });
    });

    test('messages: a tool, whole and streamed, and its result', async () => {
      const asked = {
        ...body,
        messages: [{ role: 'user' as const, content: 'What is the weather in Paris?' }],
        tools,
        tool_choice: { type: 'any' as const },
        ...exactly,
      };
      const whole = await client.messages.create(asked);
      const streamed = await client.messages.stream(asked).finalMessage();
      for (const { content, stop_reason } of [whole, streamed]) {
        expect(stop_reason).toBe('tool_use');
        expect(content).toMatchObject([{ type: 'tool_use', input: { city: expect.any(String) } }]);
      }
      const [call] = whole.content;
      if (call?.type !== 'tool_use') throw new Error('expected the use of a tool');
      const second = await client.messages.create({
        ...body,
        messages: [
          ...asked.messages,
          { role: 'assistant', content: whole.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'clear sky' }] },
        ],
        tools,
      });
      expect(second.usage.input_tokens).toBeGreaterThan(whole.usage.input_tokens);
    });

    test('messages: system, stop sequences and structured output', async () => {
      const full = await client.messages.create({ ...body, ...exactly });
      const [part] = full.content;
      if (part?.type !== 'text') throw new Error('expected text');
      const stop = part.text.slice(4, 8);
      const stopped = await client.messages.create({ ...body, ...exactly, stop_sequences: [stop] });
      expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
      const schema = { type: 'object', properties: { mood: { enum: ['calm'] } }, required: ['mood'] };
      const shaped = await client.messages.create({
        ...body,
        system: 'Be brief.',
        output_config: { format: { type: 'json_schema', schema } },
      });
      expect(shaped.content).toMatchObject([{ type: 'text', text: expect.stringContaining('calm') }]);
    });

    test('messages: a count is what an answer then has', async () => {
      const asked = { model, messages, tools, system: 'Be brief.' };
      const { input_tokens } = await client.messages.countTokens(asked);
      const { usage } = await client.messages.create({ ...asked, max_tokens: 1 });
      expect(usage.input_tokens).toBe(input_tokens);
    });

    test('errors arrive as the client’s own classes', async () => {
      const create = (who: Anthropic, rest: object = {}) => who.messages.create({ ...body, ...rest });
      await expect(create(clientFor('b3iq_local_wrong'))).rejects.toThrow(AuthenticationError);
      await expect(create(client, { model: 'claude' })).rejects.toThrow(NotFoundError);
      await expect(create(client, { temperature: 9 })).rejects.toThrow(BadRequestError);
      await expect(create(client, { messages: [] })).rejects.toMatchObject({
        status: 400,
        error: { type: 'error', error: { type: 'invalid_request_error' } },
      });
      await expect(create(clientFor(await machine.key({ tokens_per_day: 1 })))).rejects.toThrow(
        RateLimitError,
      );
      const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
      await expect(create(client, { messages: [{ role: 'user', content: [image] }] })).rejects.toThrow(
        InternalServerError,
      );
    });
  });
}
