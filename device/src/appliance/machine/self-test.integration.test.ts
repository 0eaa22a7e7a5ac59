import { expect, test } from 'vitest';
import { type FakeEngineOptions, startFakeEngine } from '../../engine/fake.ts';
import { memoryLog } from '../../os/log.ts';
import { selfTest } from './self-test.ts';

async function spare(options: FakeEngineOptions = {}) {
  const fake = await startFakeEngine({ started: false, ...options });
  let made = 0;
  const run = selfTest(async () => {
    made += 1;
    return fake.engine;
  }, memoryLog());
  return { fake, run, made: () => made };
}

test('starts an engine of its own, has it answer, and ends it', async () => {
  const { fake, run } = await spare({ knobs: { answer: 'No, it stays here.' } });
  await run();
  expect(fake.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions']);
  expect(fake.engine.state().name).toBe('stopped');
});

test.each([
  ['says nothing', { knobs: { answer: '' } }],
  ['answers with an error', { knobs: { fail: 'status' } }],
  ['dies while it answers', { knobs: { fail: 'die' } }],
] satisfies [string, FakeEngineOptions][])(
  'an engine that %s is a failure, and is ended too',
  async (_what, options) => {
    const { fake, run } = await spare(options);
    await expect(run()).rejects.toMatchObject({ code: 'engine_failed' });
    expect(fake.engine.state().name).toBe('stopped');
  },
);

test('two who ask at once share one run', async () => {
  const { run, made } = await spare({ knobs: { answer: 'Yes.' } });
  await Promise.all([run(), run()]);
  expect(made()).toBe(1);
});
