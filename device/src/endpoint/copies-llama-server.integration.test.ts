/** Two real llama-servers with the self-test model, one killed in the middle of an answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { llamaServerTestEngine } from '../engine/fixtures/llama-server.ts';
import type { TestEngine } from '../engine/fixtures/test-engine.ts';
import { ownFile } from '../os/own-files.ts';
import { waitFor } from '../os/wait-for.ts';
import { chatBody, type Rig, startRig } from './test-rig.ts';

/** The tokens that would end an answer are forbidden, so that both streams are under way for a while. */
const LONG = { max_tokens: 1_900, logit_bias: { 1783: -100, 1784: -100, 1785: -100 } };
let rig: Rig;
let copies: readonly [TestEngine, TestEngine];

beforeAll(async () => {
  rig = await startRig({ engine: { model: { id: 'another' } } });
  const copy = (id: string) =>
    llamaServerTestEngine(ownFile('selfTestModel'), {
      id,
      model: {
        id: 'b3iq-selftest',
        label: 'Self-test model',
        selfTest: true,
        contextTokens: 2_048,
        sizeBytes: 0,
        capabilities: ['chat'],
      },
      times: { firstDelayMs: 60_000 }, // the one that falls stays away for the rest of the test
    });
  copies = [await copy('first'), await copy('second')];
  for (const { engine } of copies) {
    rig.engines.add(engine);
    await engine.start();
    expect(engine.state()).toEqual({ name: 'ready' });
  }
});
afterAll(async () => {
  await rig.close();
  for (const copy of copies) await copy.remove();
});

/** A stream that is under way: what has come, and whether it is over. */
async function stream(secret: string) {
  const response = await rig.open(secret, chatBody({ ...LONG, stream: true }));
  const seen = { text: '', isOver: false };
  response.setEncoding('utf8').on('data', (part: string) => {
    seen.text += part;
  });
  response.on('close', () => {
    seen.isOver = true;
  });
  return seen;
}

test('its stream ends with an error and a failed receipt, the other goes on, the next call is answered', async () => {
  const within = (what: string) => ({ timeoutMs: 30_000, what });
  const key = await rig.key();
  const [victim, other] = [await stream(key), await stream(key)];
  await waitFor(() => victim.text !== '' && other.text !== '', within('both to be under way'));
  const [first, second] = copies;
  process.kill(first.engine.childPid() ?? expect.fail('no process'), 'SIGKILL');
  await waitFor(() => victim.isOver, within('the killed engine’s stream to end'));
  const before = other.text.length;
  const last = victim.text.trimEnd().split('\n\n').at(-1) ?? '';
  expect(JSON.parse(last.slice('data: '.length))).toMatchObject({ error: { code: 'engine_failed' } });
  expect(victim.text).not.toContain('[DONE]');
  expect(first.engine.state().name).toBe('restarting');
  expect(other.isOver).toBe(false);

  const next = await rig.post('/v1/chat/completions', key, chatBody({ max_tokens: 4 }));
  expect(next.status).toBe(200);

  await waitFor(() => other.isOver, within('the other stream to end'));
  expect(other.text.length).toBeGreaterThan(before);
  expect(other.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect(second.engine.state().name).toBe('ready');
  expect(rig.ledger.calls.map(({ status }) => status)).toEqual(['failed', 'completed', 'completed']);
  expect(rig.ledger.calls[0]).toMatchObject({
    model: 'b3iq-selftest',
    httpStatus: 200,
    tokenSource: 'estimated',
  });
  expect(rig.ledger.calls[0]?.completionTokens).toBeGreaterThan(0);
});
