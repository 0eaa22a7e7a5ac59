/**
 * What an engine that speaks OpenAI's Responses and Anthropic's Messages must do with them: part of the engine contract.
 * Separate from `contract.ts` because an engine may lack these shapes, and because their streams have named events.
 */
import { expect, test } from 'vitest';
import { ask, askEvents, type Json } from '../fixtures/ask.ts';
import type { Engine } from '../port.ts';

const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';
const STORY = 'Tell me a short story about the sea';
const PARAMETERS = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 12 } },
  required: ['city'],
};
const USER = { role: 'user', content: STORY };

const typesOf = (events: readonly Json[]): string[] => events.map(({ type }) => type);
const textIn = (events: readonly Json[], type: string): string =>
  events
    .filter((event) => event.type === type)
    .map(({ delta }) => (typeof delta === 'string' ? delta : (delta.text ?? delta.partial_json)))
    .join('');

/** Registers the tests, for the engine that runs when they do. */
export function shapeTests(running: () => Engine): void {
  const answered = async (path: string, body: object): Promise<Json> => {
    const { status, json } = await ask(running(), path, body);
    expect(json.error ?? null, JSON.stringify(json.error)).toBeNull();
    expect(status).toBe(200);
    return json;
  };
  const chatText = async (max_tokens: number): Promise<string> => {
    const body = { messages: [USER], temperature: 0, max_tokens };
    return (await answered('/v1/chat/completions', body)).choices[0].message.content;
  };

  test('Responses say what chat says, whole and streamed, and count alike', async () => {
    const body = { model: running().model.id, input: STORY, temperature: 0, max_output_tokens: 24 };
    const whole = await answered(RESPONSES, body);
    expect(whole).toMatchObject({ object: 'response', model: running().model.id, error: null });
    expect(whole.id).toMatch(/^resp_/);
    expect(whole.output[0]).toMatchObject({ type: 'message', role: 'assistant' });
    expect(whole.output[0].content[0]).toMatchObject({ type: 'output_text', text: await chatText(24) });
    const { input_tokens, output_tokens, total_tokens } = whole.usage;
    expect(total_tokens).toBe(input_tokens + output_tokens);
    const events = await askEvents(running(), RESPONSES, body);
    expect(typesOf(events).slice(0, 4)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(textIn(events, 'response.output_text.delta')).toBe(whole.output[0].content[0].text);
    const last = events.at(-1);
    expect(last.type).toBe(whole.status === 'completed' ? 'response.completed' : 'response.incomplete');
    expect(last.response.usage).toEqual(whole.usage);
    expect(last.response.output[0].content).toEqual(whole.output[0].content);
  });

  test('a Response cut at its limit is incomplete and says why', async () => {
    const whole = await answered(RESPONSES, { input: [USER], temperature: 0, max_output_tokens: 2 });
    expect(whole).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 2 },
    });
  });

  test('a Response calls the function it must, and takes its output back', async () => {
    const tools = [{ type: 'function', name: 'get_weather', parameters: PARAMETERS, strict: true }];
    const tool_choice = { type: 'function', name: 'get_weather' };
    const body = { input: STORY, tools, tool_choice, max_output_tokens: 200, temperature: 0.5 };
    const [call] = (await answered(RESPONSES, body)).output;
    expect(call).toMatchObject({ type: 'function_call', name: 'get_weather', status: 'completed' });
    expect(JSON.parse(call.arguments)).toEqual({ city: expect.any(String) });
    const events = await askEvents(running(), RESPONSES, body);
    const done = events.find(({ type }) => type === 'response.function_call_arguments.done');
    expect(JSON.parse(done.arguments)).toEqual({ city: expect.any(String) });
    const back = [
      USER,
      call,
      { type: 'function_call_output', call_id: call.call_id, output: '{"celsius": 21}' },
    ];
    await answered(RESPONSES, { input: back, tools, max_output_tokens: 2 });
  });

  test('a Response keeps to a schema', async () => {
    const schema = { type: 'object', properties: { mood: { enum: ['calm'] } }, required: ['mood'] };
    const text = { format: { type: 'json_schema', name: 'sea', strict: true, schema } };
    const whole = await answered(RESPONSES, { input: STORY, text, max_output_tokens: 100 });
    expect(JSON.parse(whole.output[0].content[0].text)).toMatchObject({ mood: 'calm' });
  });

  test('Messages say what chat says, whole and streamed, and count alike', async () => {
    const body = { model: running().model.id, messages: [USER], temperature: 0, max_tokens: 24 };
    const whole = await answered(MESSAGES, body);
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', model: running().model.id });
    expect(whole.id).toMatch(/^msg_/);
    expect(whole.content).toEqual([{ type: 'text', text: await chatText(24) }]);
    const events = await askEvents(running(), MESSAGES, body);
    expect(typesOf(events).slice(0, 3)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
    ]);
    expect(typesOf(events).slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop']);
    expect(events[0].message.usage).toMatchObject({ input_tokens: whole.usage.input_tokens });
    expect(textIn(events, 'content_block_delta')).toBe(whole.content[0].text);
    const { delta, usage } = events.at(-2);
    expect(delta).toEqual({ stop_reason: whole.stop_reason, stop_sequence: whole.stop_sequence });
    expect(usage).toEqual(whole.usage);
  });

  test('a Message says why it ended: a limit, or which stop text', async () => {
    const ask = { messages: [USER], temperature: 0 };
    const cut = await answered(MESSAGES, { ...ask, max_tokens: 2 });
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } });
    const full = await chatText(24);
    const stop = full.slice(Math.floor(full.length / 2), Math.floor(full.length / 2) + 3);
    const stopped = await answered(MESSAGES, {
      ...ask,
      max_tokens: 24,
      stop_sequences: ['never said at all', stop],
    });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
  });

  test('a Message uses the tool it must, and takes its result back', async () => {
    const tools = [{ name: 'get_weather', description: 'Weather.', input_schema: PARAMETERS }];
    const tool_choice = { type: 'tool', name: 'get_weather', disable_parallel_tool_use: true };
    const body = { messages: [USER], tools, tool_choice, max_tokens: 200, temperature: 0.5 };
    const { content, stop_reason } = await answered(MESSAGES, body);
    expect(stop_reason).toBe('tool_use');
    expect(content).toMatchObject([{ type: 'tool_use', name: 'get_weather' }]);
    expect(content[0].input).toEqual({ city: expect.any(String) });
    const events = await askEvents(running(), MESSAGES, body);
    expect(JSON.parse(textIn(events, 'content_block_delta'))).toEqual({ city: expect.any(String) });
    const result = { type: 'tool_result', tool_use_id: content[0].id, content: '21 degrees' };
    const messages = [USER, { role: 'assistant', content }, { role: 'user', content: [result] }];
    await answered(MESSAGES, { messages, tools, max_tokens: 2 });
  });

  test.each([
    ['a kept conversation', RESPONSES, { input: 'x', previous_response_id: 'resp_1' }, 400],
    ['a tool of the server', RESPONSES, { input: 'x', tools: [{ type: 'web_search' }] }, 501],
    ['a picture', RESPONSES, { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 501],
    ['an unknown item', RESPONSES, { input: [{ type: 'item_reference', id: 'x' }] }, 400],
    ['no input', RESPONSES, { input: [] }, 400],
    ['a picture', MESSAGES, { messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 501],
    [
      'a tool of the server',
      MESSAGES,
      { messages: [USER], tools: [{ type: 'bash_20250124', name: 'bash' }] },
      501,
    ],
    [
      'a result without its call',
      MESSAGES,
      { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] },
      400,
    ],
    ['a temperature beyond 1', MESSAGES, { messages: [USER], temperature: 1.5 }, 400],
    ['no messages', MESSAGES, { messages: [] }, 400],
  ])('%s gets a clear refusal in %s', async (_title, path, body, status) => {
    const answer = await ask(running(), path, { max_tokens: 5, ...body });
    expect(answer.json.error).toMatchObject({ message: expect.stringMatching(/.{10,}/) });
    expect(answer.status).toBe(status);
  });
}
