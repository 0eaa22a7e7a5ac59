/** Responses and Messages through the door: reserved, capped, counted and receipted exactly as chat is, in words of their own. */
import { describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, chatBody, type Reply, rigStarter } from './test-rig.ts';

const start = rigStarter();
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';
const COUNT = '/v1/messages/count_tokens';
const MODEL = 'b3iq-selftest';
const messages = [{ role: 'user', content: 'one two three' }];
/** The same question in both shapes, with room enough. */
const BODIES = {
  [RESPONSES]: (limit?: number) => ({ model: MODEL, input: messages, max_output_tokens: limit }),
  [MESSAGES]: (limit = 100) => ({ model: MODEL, messages, max_tokens: limit }),
} as const;
const SHAPES = [RESPONSES, MESSAGES] as const;
/** Words of the fake: see `chatBody`. */
const PROMPT = 7;
const ANSWER = 6;
const usageIn = ({ json }: Reply) => json.usage;
const eventsOf = ({ text }: Reply) =>
  text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)));

describe.each(SHAPES)('%s', (path) => {
  it('is answered with a receipt of what the engine counted, whole and streamed', async () => {
    const rig = await start();
    const key = await rig.key();
    for (const stream of [false, true]) {
      const reply = await rig.post(path, key, { ...BODIES[path](), stream });
      expect(reply.status).toBe(200);
      expect(reply.headers['content-type']).toContain(stream ? 'text/event-stream' : 'application/json');
      if (!stream) expect(usageIn(reply)).toMatchObject({ input_tokens: PROMPT, output_tokens: ANSWER });
      else
        expect(eventsOf(reply).at(-1).type).toBe(path === MESSAGES ? 'message_stop' : 'response.completed');
      expect(rig.ledger.calls.at(-1)).toMatchObject({
        id: reply.headers['b3iq-receipt'],
        endpoint: path,
        status: 'completed',
        promptTokens: PROMPT,
        completionTokens: ANSWER,
        tokenSource: 'engine',
      });
    }
  });

  it('changes no byte but the cap, and that only for a key with a budget', async () => {
    const rig = await start();
    const name = path === RESPONSES ? 'max_output_tokens' : 'max_tokens';
    await rig.post(path, await rig.key(), BODIES[path](50));
    expect(rig.fake.requests.at(-1)?.body).toEqual(BODIES[path](50));
    const key = await rig.key({ tokens_per_day: PROMPT + 3 });
    const capped = await rig.post(path, key, { ...BODIES[path](50), n_predict: 40 });
    expect(rig.fake.requests.at(-1)?.body).toMatchObject({ [name]: 3, n_predict: 3 });
    expect(usageIn(capped).output_tokens).toBe(3);
    expect(await rig.post(path, key, BODIES[path](50))).toMatchObject({ status: 429 });
    expect(rig.ledger.calls).toHaveLength(2);
  });

  it('gives nobody the end of an answer before its receipt is written', async () => {
    const rig = await start();
    rig.ledger.broken = true;
    const reply = await rig.post(path, await rig.key(), { ...BODIES[path](), stream: true });
    expect(reply.text).not.toMatch(/message_stop|response\.completed/);
    expect(eventsOf(reply).at(-1)).toMatchObject({ type: 'error' });
  });

  it('tells a stream that broke off in its own words, and a client that left is counted', async () => {
    const rig = await start({ engine: { knobs: { fail: 'die' } } });
    const key = await rig.key();
    const broken = await rig.post(path, key, { ...BODIES[path](), stream: true });
    expect(broken.text).toContain('event: error\n');
    expect(eventsOf(broken).at(-1)).toMatchObject({
      type: 'error',
      error: { type: 'api_error', b3iq: { code: 'engine_failed' } },
    });
    expect(rig.ledger.calls.at(-1)).toMatchObject({ status: 'failed', tokenSource: 'estimated' });
    rig.fake.knobs.fail = 'no';
    rig.fake.knobs.wordDelayMs = 5_000;
    const leaving = rig.call(key, { ...BODIES[path](), stream: true }, path);
    leaving.on('response', (response) => response.once('data', () => leaving.destroy()));
    await waitFor(() => rig.ledger.calls.length === 2, { timeoutMs: 10_000, what: 'the receipt' });
    expect(rig.ledger.calls.at(-1)).toMatchObject({
      status: 'aborted',
      // Messages tell the prompt with their first event; Responses with their last, which did not come.
      promptTokens: path === MESSAGES ? PROMPT : expect.any(Number),
      tokenSource: 'estimated',
    });
    await waitFor(() => rig.fake.load.now === 0, { timeoutMs: 10_000, what: 'the engine stops' });
  });

  it('gives one answer, and says what no engine here can do', async () => {
    const rig = await start();
    const key = await rig.key();
    expect(await rig.post(path, key, { ...BODIES[path](), n: 2 })).toMatchObject({ status: 400 });
    const less = await start({ engine: { model: { capabilities: ['chat'] } } });
    const reply = await less.post(path, await less.key(), BODIES[path]());
    expect(reply).toMatchObject({ status: 501, json: { error: { type: 'api_error' } } });
    expect(reply.json.error.message).toContain('It would take an engine that speaks');
  });
});

describe('a message', () => {
  it('is refused in Anthropic’s shape, whoever refuses it', async () => {
    const rig = await start();
    const key = await rig.key();
    const refused = (body: object, headers = {}) =>
      rig.post(MESSAGES, undefined, body, { 'x-api-key': key, ...headers });
    const faults: readonly (readonly [object, number, string])[] = [
      [{ model: 'claude', messages, max_tokens: 5 }, 404, 'not_found_error'],
      [{ model: MODEL, messages }, 400, 'invalid_request_error'],
      [
        { model: MODEL, messages: [{ role: 'boss', content: 'x' }], max_tokens: 5 },
        400,
        'invalid_request_error',
      ],
      [
        { model: MODEL, messages: [{ role: 'user', content: 'w '.repeat(2_000) }], max_tokens: 5 },
        400,
        'invalid_request_error',
      ],
    ];
    for (const [body, status, type] of faults)
      expect(await refused(body)).toMatchObject({
        status,
        json: { type: 'error', error: { type, message: expect.any(String), b3iq: { status } } },
      });
    rig.fake.knobs.fail = 'status';
    expect(await refused(BODIES[MESSAGES]())).toMatchObject({
      status: 502,
      json: { type: 'error', error: { type: 'api_error' } },
    });
  });

  it('is counted without an answer, a receipt or a token of the budget', async () => {
    const rig = await start();
    const secret = await rig.key({ tokens_per_day: PROMPT, requests_per_minute: 2 });
    const count = () => rig.post(COUNT, undefined, { model: MODEL, messages }, { 'x-api-key': secret });
    expect(await count()).toMatchObject({ status: 200, json: { input_tokens: PROMPT } });
    expect((await count()).json).toEqual({ input_tokens: PROMPT });
    expect(await count()).toMatchObject({ status: 429, json: { error: { type: 'rate_limit_error' } } });
    expect(rig.ledger.calls).toEqual([]);
    expect(rig.fake.requests).toEqual([]);
  });

  it('that cannot be counted is refused as its answer would be', async () => {
    const rig = await start();
    const key = await rig.key();
    const count = (body: unknown) => rig.post(COUNT, key, body);
    expect(await count('{')).toMatchObject({ status: 400, json: { type: 'error' } });
    expect(await count({ model: 'claude', messages })).toMatchObject({ status: 404 });
    expect(
      await count({ model: MODEL, messages: [{ role: 'user', content: [{ type: 'image' }] }] }),
    ).toMatchObject({
      status: 501,
    });
    rig.fake.setState({ name: 'starting' });
    expect(await count({ model: MODEL, messages })).toMatchObject({ status: 503 });
    expect((await rig.get(COUNT, key)).status).toBe(405);
    rig.fake.setState({ name: 'ready' });
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });
});
