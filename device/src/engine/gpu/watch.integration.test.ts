/** Cards that go and come back under real engines: a real llama-server on each of two cards that are stand-ins for readings. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judgeMinute } from '../../health/alerts/judge.ts';
import { EngineWatch } from '../../health/engines.ts';
import { fakeGpu, fakeGpus } from '../../health/gpu/fake.ts';
import { fakeMachineReading } from '../../health/machine/fake.ts';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { ask } from '../fixtures/ask.ts';
import { llamaServerTestEngine } from '../fixtures/llama-server.ts';
import { isAlive, type TestEngine } from '../fixtures/test-engine.ts';
import { CardEngine } from './engine.ts';
import { usableCards } from './plan.ts';
import { CardWatch } from './watch.ts';

const CARDS = [
  fakeGpu({
    id: '00ff:41:00.0',
    uuid: 'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b',
    vendor: 'nvidia',
    name: 'RTX 5090',
  }),
  fakeGpu({
    id: '00ff:81:00.0',
    uuid: 'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6',
    vendor: 'nvidia',
    name: 'RTX 5090',
  }),
] as const;
const HELLO = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 2 };

let made: readonly TestEngine[] = [];
let engines: readonly CardEngine[] = [];
let tool: ReturnType<typeof fakeGpus>;
let watch: CardWatch;
beforeEach(async () => {
  const cards = usableCards(CARDS);
  made = await Promise.all(
    cards.map((card, at) =>
      llamaServerTestEngine(undefined, { id: `tiny#${at}`, gpu: 'auto', cards: [card] }),
    ),
  );
  engines = made.map(({ engine }, at) => new CardEngine(engine, cards.slice(at, at + 1)));
  tool = fakeGpus(CARDS);
  watch = new CardWatch({ kernel: async () => [], tool: tool.read }, memoryLog());
  for (const engine of engines) watch.add(engine);
});
afterEach(async () => {
  watch.close();
  await Promise.all(engines.map((engine) => engine.stop()));
  await Promise.all(made.map((each) => each.remove()));
});

const answers = async (engine: CardEngine | undefined) =>
  engine !== undefined && (await ask(engine, '/v1/chat/completions', HELLO)).status === 200;

test('a card that is gone takes its engine out of service and nothing else, and is told; back, it serves again', async () => {
  const [lost, other] = engines;
  const [lostProcess, otherProcess] = made;
  if (lost === undefined || other === undefined) throw new Error('two were made');
  const health = new EngineWatch(systemClock);
  for (const engine of engines) health.watch(engine);
  await Promise.all(engines.map((engine) => engine.start()));
  const [pid, otherPid] = [lostProcess?.engine.childPid(), otherProcess?.engine.childPid()];

  tool.set(CARDS.slice(1));
  await watch.look();
  expect(lost.state()).toEqual({ name: 'ready' });
  await watch.look();
  expect(lost.state()).toEqual({
    name: 'failed',
    code: 'graphics_card_gone',
    reason:
      'The graphics card RTX 5090 (00ff:41:00.0) is gone from this machine. The model is loaded again by itself when it is back.',
  });
  await waitFor(() => !isAlive(pid ?? 0), { timeoutMs: 10_000, what: 'nothing of it runs' });
  expect(await answers(other)).toBe(true);
  expect(otherProcess?.engine.childPid()).toBe(otherPid);
  const verdicts = judgeMinute(
    {
      nowMs: systemClock.now(),
      latestKnownMs: undefined,
      machine: fakeMachineReading(),
      diskDaysLeft: undefined,
      engines: health.observe(),
    },
    'host',
  ).filter(({ finding, kind }) => finding === 'bad' && kind.startsWith('engine'));
  expect(verdicts.map(({ id }) => id)).toEqual(['engine-failed:tiny#0']);
  expect(verdicts[0]?.title).toBe('The engine of Tiny test model (tiny#0) has lost its graphics card.');

  tool.set('unreadable'); // whoever does not answer says nothing: it stays as it is
  await watch.look();
  expect(lost.state().name).toBe('failed');
  tool.set(CARDS);
  await watch.look();
  await waitFor(() => lost.state().name === 'ready', { timeoutMs: 20_000, what: 'it is loaded again' });
  expect(await answers(lost)).toBe(true);
});

test('a card that goes while the model is loaded, comes back and goes again leaves no process', async () => {
  const [lost] = engines;
  const starting = lost?.start();
  for (const cards of [[], [], CARDS, [], []]) {
    tool.set(cards);
    await watch.look();
  }
  await starting;
  expect(lost?.state()).toMatchObject({ name: 'failed', code: 'graphics_card_gone' });
  await waitFor(() => made[0]?.engine.state().name === 'stopped', {
    timeoutMs: 10_000,
    what: 'it has ended',
  });
  expect(made[0]?.engine.childPid()).toBeUndefined();
});

test('an engine that is stopped stays so when its card comes back, and one that waits for its card starts later', async () => {
  const [lost] = engines;
  tool.set([]);
  await watch.look();
  await watch.look();
  await lost?.start();
  expect(lost?.state().code).toBe('graphics_card_gone');
  await lost?.stop();
  tool.set(CARDS);
  await watch.look();
  expect(lost?.state()).toEqual({ name: 'stopped' });
  await lost?.start();
  expect(await answers(lost)).toBe(true);
});
