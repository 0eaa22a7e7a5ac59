/** The fake keeps the same contract as a real engine, and fails in the ways it promises. */
import { expect, test } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { engineContract } from './contract.ts';
import { startFakeEngine } from './fake.ts';
import { ask, askStream, leaveStream } from './fixtures/ask.ts';

const CHAT = '/v1/chat/completions';
const HELLO = { messages: [{ role: 'user', content: 'one two three four' }] };

engineContract('the fake engine', { logprobsOf: 'tokens' }, async () => {
  const fake = await startFakeEngine({ started: false });
  return { engine: fake.engine, remove: fake.stop };
});

test('the fake engine counts words, and four more per message', async () => {
  const fake = await startFakeEngine();
  const { json } = await ask(fake.engine, CHAT, HELLO);
  expect(json.choices[0].message.content).toBe('You said: one two three four');
  expect(json.usage).toEqual({ prompt_tokens: 8, completion_tokens: 7, total_tokens: 15 });
  expect(fake.requests).toMatchObject([{ path: CHAT, body: HELLO, finished: true, aborted: false }]);
  await fake.stop();
});

test('the fake engine can fail, die in the middle and leave its usage out', async () => {
  const fake = await startFakeEngine({ knobs: { fail: 'status' } });
  expect(await ask(fake.engine, CHAT, HELLO)).toMatchObject({
    status: 502,
    json: { error: { code: 'engine_failed' } },
  });
  fake.knobs.fail = 'die';
  await expect(askStream(fake.engine, CHAT, HELLO)).rejects.toThrow();
  await expect(ask(fake.engine, CHAT, HELLO)).rejects.toThrow();
  fake.knobs.fail = 'no_usage';
  expect((await ask(fake.engine, CHAT, HELLO)).json.usage).toBeUndefined();
  const stream = await askStream(fake.engine, CHAT, { ...HELLO, stream_options: { include_usage: true } });
  expect(stream.isDone).toBe(true);
  expect(stream.chunks.some((chunk) => chunk.usage)).toBe(false);
  await fake.stop();
});

test('the fake engine notes who left', async () => {
  const fake = await startFakeEngine({ knobs: { wordDelayMs: 1_000 } });
  await leaveStream(fake.engine, CHAT, HELLO);
  await waitFor(() => fake.requests[0]?.aborted, {
    timeoutMs: 5_000,
    what: 'the request is noted as aborted',
  });
  expect(fake.load).toEqual({ now: 0, peak: 1 });
  await fake.stop();
});
