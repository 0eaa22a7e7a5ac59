/** The official `openai` client, as an app's author would use it, against a running machine and the real engine. */

import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { ReceiptsAnswer } from '@b3iq/wire/local-api';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
let client: OpenAI;
let model: string;

beforeAll(async () => {
  agent = await TestAgent.start();
  await agent.claim();
  model = (await agent.ready()).models[0]?.id ?? '';
  const { secret } = await agent.newKey();
  client = new OpenAI({ baseURL: `${agent.url}/v1`, apiKey: secret, maxRetries: 0 });
});
afterAll(() => agent.remove());

const question = [{ role: 'user' as const, content: 'Does my data leave my machine?' }];
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const receipts = async () => (await agent.operator<ReceiptsAnswer>('GET', '/api/receipts?limit=5')).receipts;

test('lists the model', async () => {
  const ids = (await client.models.list()).data.map((entry) => entry.id);
  expect(ids).toEqual([model]);
  expect((await client.models.retrieve(model)).id).toBe(model);
});

test('answers a chat, with usage and a receipt that says the same', async () => {
  const { data, response } = await client.chat.completions
    .create({ model, messages: question, temperature: 0 })
    .withResponse();
  expect(data.choices[0]?.message.content).toMatch(/\bNo\b.*machine/);
  expect(data.choices[0]?.finish_reason).toBe('stop');
  const [receipt] = await receipts();
  expect(receipt).toMatchObject({
    id: response.headers.get('b3iq-receipt'),
    model,
    status: 'completed',
    token_source: 'engine',
    prompt_tokens: data.usage?.prompt_tokens,
    completion_tokens: data.usage?.completion_tokens,
  });
});

test('streams the same answer, with usage only when asked for', async () => {
  const whole = await client.chat.completions.create({ model, messages: question, temperature: 0 });
  for (const include_usage of [true, false]) {
    const stream = await client.chat.completions.create({
      model,
      messages: question,
      temperature: 0,
      stream: true,
      stream_options: { include_usage },
    });
    let text = '';
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage).toEqual(include_usage ? whole.usage : undefined);
  }
});

test('calls a tool it must call, then uses the result', async () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'What is the weather in Paris?' },
  ];
  const first = await client.chat.completions.create({
    model,
    messages,
    tools: [weather],
    tool_choice: 'required',
    temperature: 0,
  });
  const call = first.choices[0]?.message.tool_calls?.[0];
  expect(first.choices[0]?.finish_reason).toBe('tool_calls');
  if (call?.type !== 'function') throw new Error('expected a function call');
  expect(call.function.name).toBe('get_weather');
  expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
  const second = await client.chat.completions.create({
    model,
    messages: [
      ...messages,
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: '{"sky":"clear"}' },
    ],
    tools: [weather],
    temperature: 0,
  });
  expect(second.choices[0]?.message.content).toEqual(expect.any(String));
});

test('streams a tool call in pieces that join to valid JSON', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
    tools: [weather],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    temperature: 0,
  });
  const message = await stream.finalMessage();
  const call = message.tool_calls?.[0];
  if (call?.type !== 'function') throw new Error('expected a function call');
  expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
});

test('keeps to a JSON schema', async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Name a day.' }],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'day',
        strict: true,
        schema: {
          type: 'object',
          properties: { day: { enum: ['Monday', 'Tuesday'] }, free: { type: 'boolean' } },
          required: ['day', 'free'],
          additionalProperties: false,
        },
      },
    },
  });
  expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
    day: expect.stringMatching(/^(Mon|Tues)day$/),
    free: expect.any(Boolean),
  });
});

test('gives log probabilities, several choices, stops and repeats by seed', async () => {
  // With top_p named, no token is ruled out before it is drawn: each position has alternatives to tell.
  const drawn = { model, messages: question, max_tokens: 4, n: 2, seed: 7, temperature: 1, top_p: 1 };
  const answer = await client.chat.completions.create({ ...drawn, logprobs: true, top_logprobs: 2 });
  expect(answer.choices).toHaveLength(2);
  const first = answer.choices[0]?.logprobs?.content?.[0];
  expect(first?.logprob).toBeLessThanOrEqual(0);
  expect(first?.top_logprobs).toHaveLength(2);
  const again = await client.chat.completions.create(drawn);
  expect(again.choices.map((choice) => choice.message.content)).toEqual(
    answer.choices.map((choice) => choice.message.content),
  );
  const stopped = await client.chat.completions.create({
    model,
    messages: question,
    temperature: 0,
    stop: ['machine'],
  });
  expect(stopped.choices[0]?.message.content).not.toContain('machine');
});

test('completes plain text and embeds', async () => {
  const completion = await client.completions.create({
    model,
    prompt: 'Monday, Tuesday,',
    max_tokens: 5,
    temperature: 0,
  });
  expect(completion.choices[0]?.text.length).toBeGreaterThan(0);
  const embeddings = await client.embeddings.create({ model, input: ['one', 'two'] });
  expect(embeddings.data).toHaveLength(2);
  expect(embeddings.data[0]?.embedding.length).toBeGreaterThan(8);
  expect(embeddings.usage.total_tokens).toBeGreaterThan(0);
});

test('an abort stops the work and leaves a receipt', async () => {
  const numbers = { type: 'array', items: { type: 'integer' }, minItems: 900, maxItems: 900 };
  const stop = new AbortController();
  const { data: stream, response } = await client.chat.completions
    .create(
      {
        model,
        messages: question,
        stream: true,
        response_format: { type: 'json_schema', json_schema: { name: 'numbers', schema: numbers } },
      },
      { signal: stop.signal },
    )
    .withResponse();
  let chunks = 0;
  for await (const _ of stream) {
    chunks += 1;
    if (chunks === 5) stop.abort();
  }
  const id = response.headers.get('b3iq-receipt');
  const receipt = await waitFor(async () => (await receipts()).find((entry) => entry.id === id), {
    timeoutMs: 10_000,
    what: 'a receipt for the call',
  });
  expect(receipt.status).toBe('aborted');
  expect(receipt.completion_tokens).toBeLessThan(900);
  await waitFor(async () => (await agent.ready()).active_requests === 0, {
    timeoutMs: 5_000,
    what: 'the engine is idle again',
  });
});

test('errors arrive as the client’s own error classes', async () => {
  await expect(client.chat.completions.create({ model: 'gpt-9', messages: question })).rejects.toThrow(
    NotFoundError,
  );
  await expect(client.chat.completions.create({ model, messages: [] })).rejects.toThrow(BadRequestError);
  const stranger = new OpenAI({ baseURL: `${agent.url}/v1`, apiKey: 'b3iq_local_nope', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toThrow(AuthenticationError);
});

test('a revoked key fails on the next request', async () => {
  const { key, secret } = await agent.newKey();
  const short = new OpenAI({ baseURL: `${agent.url}/v1`, apiKey: secret, maxRetries: 0 });
  expect((await short.models.list()).data).toHaveLength(1);
  await agent.operator('DELETE', `/api/keys/${key.id}`);
  await expect(short.models.list()).rejects.toThrow(AuthenticationError);
});
