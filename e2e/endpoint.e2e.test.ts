/** The whole endpoint on a running machine with the real engine: both shapes by the official clients, a page of another site, and the
 *  description. Call by call they are tried in `device/src/endpoint/clients`. */
import Anthropic from '@anthropic-ai/sdk';
import type { OriginsAnswer, ReceiptsAnswer } from '@b3iq/wire/local-api';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

const question = 'Does my data leave my machine?';
const APP = 'https://app.example';
let agent: TestAgent;
let secret: string;
let model: string;

beforeAll(async () => {
  agent = await TestAgent.start();
  expect((await fetch(`${agent.url}/openapi.json`)).status).toBe(403);
  await agent.claim();
  model = (await agent.ready()).models[0]?.id ?? '';
  ({ secret } = await agent.newKey());
});
afterAll(() => agent.remove());
const newest = async () => (await agent.operator<ReceiptsAnswer>('GET', '/api/receipts?limit=1')).receipts[0];

test('Anthropic’s client gets its answer, streamed, and a receipt that says the same', async () => {
  const client = new Anthropic({ baseURL: agent.url, apiKey: secret, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: question }];
  const { input_tokens } = await client.messages.countTokens({ model, messages });
  const stream = client.messages.stream({ model, messages, max_tokens: 60 });
  const final = await stream.finalMessage();
  expect(final.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\bNo\b/) }]);
  expect(await newest()).toMatchObject({
    endpoint: '/v1/messages',
    status: 'completed',
    prompt_tokens: input_tokens,
    completion_tokens: final.usage.output_tokens,
  });
});

test('OpenAI’s client gets a Response and a receipt that says the same', async () => {
  const client = new OpenAI({ baseURL: `${agent.url}/v1`, apiKey: secret, maxRetries: 0 });
  const answer = await client.responses.create({ model, input: question, temperature: 0 });
  expect(answer.output_text).toMatch(/\bNo\b/);
  expect(await newest()).toMatchObject({
    endpoint: '/v1/responses',
    prompt_tokens: answer.usage?.input_tokens,
    completion_tokens: answer.usage?.output_tokens,
  });
});

test('a page of another site may call once its owner has named it, also after a restart', async () => {
  const ask = () =>
    fetch(`${agent.url}/v1/models`, { headers: { authorization: `Bearer ${secret}`, origin: APP } });
  const allowed = async () => (await ask()).headers.get('access-control-allow-origin');
  expect(await allowed()).toBeNull();
  expect((await agent.cli(['origin', 'add', APP])).exitCode).toBe(0);
  expect(await allowed()).toBe(APP);
  await agent.restart();
  await agent.ready();
  expect(await allowed()).toBe(APP);
  await agent.cli(['origin', 'remove', APP]);
  expect(await allowed()).toBeNull();
  expect((await agent.operator<OriginsAnswer>('GET', '/api/origins')).origins).toEqual([]);
});

test('the machine describes itself to anyone', async () => {
  const description: unknown = await (await fetch(`${agent.url}/openapi.json`)).json();
  expect(description).toMatchObject({
    openapi: '3.1.1',
    paths: { '/v1/messages': { post: {} }, '/api/origins': { put: {} } },
  });
});
