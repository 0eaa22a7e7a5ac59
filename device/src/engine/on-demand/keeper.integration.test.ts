/** Models that come when they are needed and go when they are not, behind a whole endpoint. */
import { describe, expect, it } from 'vitest';
import { CHAT, chatBody, type Rig, type RigOptions, rigStarter } from '../../endpoint/test-rig.ts';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { type FakeEngine, startFakeEngine } from '../fake.ts';
import type { Engine } from '../port.ts';
import { ModelKeeper } from './keeper.ts';

const start = rigStarter();
const within = (what: string) => ({ timeoutMs: 10_000, what });

/** A rig with models `a`, `b` … of those sizes, in a memory of `budgetBytes`. The rig's own model is not of them. */
async function kept(
  sizes: Readonly<Record<string, number>>,
  budgetBytes: number,
  keepAliveMs = Number.POSITIVE_INFINITY,
  options: RigOptions = {},
) {
  const rig: Rig = await start({ ...options, engine: { model: { id: 'own' } } });
  const keeper = new ModelKeeper({ budgetBytes, keepAliveMs, clock: systemClock, log: memoryLog() });
  const models = new Map<string, { readonly fake: FakeEngine; readonly engine: Engine }>();
  for (const [id, bytes] of Object.entries(sizes)) {
    const fake = await startFakeEngine({ id, model: { id }, started: false });
    const engine = keeper.keep(fake.engine, bytes);
    rig.after(() => fake.stop());
    await engine.start();
    rig.engines.add(engine);
    models.set(id, { fake, engine });
  }
  const of = (id: string) => models.get(id) ?? expect.fail(id);
  const key = await rig.key();
  return {
    rig,
    key,
    fake: (id: string) => of(id).fake,
    engine: (id: string) => of(id).engine,
    states: () => [...models.values()].map(({ engine }) => engine.state().name),
    ask: (id: string, more: object = {}) => rig.post(CHAT, key, chatBody({ model: id, ...more })),
  };
}

describe('a model that is not loaded', () => {
  it('is listed as idle, is loaded by the first call, which waits, and then stays', async () => {
    const { rig, key, ask, states, fake } = await kept({ a: 1 }, 1);
    expect((await rig.get('/v1/models/a', key)).json.b3iq.state).toBe('idle');
    expect((await ask('a')).status).toBe(200);
    expect(states()).toEqual(['ready']);
    expect((await ask('a')).status).toBe(200);
    expect(fake('a').requests).toHaveLength(2);
  });

  it('is loaded once for all who wait, and refused with Retry-After when that takes too long', async () => {
    const { ask, fake, states } = await kept({ a: 1 }, 1, undefined, { limits: { loadWaitMs: 200 } });
    let starts = 0;
    Object.assign(fake('a').engine, {
      start: async () => {
        starts += 1;
        fake('a').setState({ name: 'starting' });
      },
    });
    const replies = await Promise.all([ask('a'), ask('a'), ask('a')]);
    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 503, json: { error: { code: 'engine_starting' } } });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect(starts).toBe(1);
    expect(states()).toEqual(['starting']);
    const patient = ask('a');
    fake('a').setState({ name: 'ready' });
    expect((await patient).status).toBe(200);
  });

  it('that cannot be loaded ends the wait with its reason', async () => {
    const { ask, fake } = await kept({ a: 1 }, 1);
    Object.assign(fake('a').engine, {
      start: async () => fake('a').setState({ name: 'failed', reason: 'The file is damaged.' }),
    });
    const reply = await ask('a');
    expect(reply).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
    expect(reply.text).toContain('The file is damaged.');
  });

  it('that can never fit is refused at once, and disturbs nobody', async () => {
    const { ask, states } = await kept({ a: 1, huge: 99 }, 2);
    expect((await ask('a')).status).toBe(200);
    const reply = await ask('huge');
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('more memory than this machine has');
    expect(states()).toEqual(['ready', 'failed']);
  });

  it('is not loaded for a key that is over its limit', async () => {
    const { rig, states } = await kept({ a: 1 }, 1);
    const key = await rig.key({ requests_per_minute: 1 });
    await rig.post(CHAT, key, chatBody({ model: 'own' }));
    expect((await rig.post(CHAT, key, chatBody({ model: 'a' }))).status).toBe(429);
    expect(states()).toEqual(['idle']);
  });

  it('is not kept waiting for by a client that left', async () => {
    const { rig, key, fake, engine } = await kept({ a: 1 }, 1, 50);
    Object.assign(fake('a').engine, { start: async () => fake('a').setState({ name: 'starting' }) });
    const request = rig.call(key, chatBody({ model: 'a' }));
    await waitFor(() => engine('a').state().name === 'starting', within('the load'));
    request.destroy();
    await waitFor(() => engine('a').state().name === 'idle', within('it to be unloaded again'));
  });
});

it('a second copy is loaded only when the first has its hands full, and takes who waits', async () => {
  const rig = await start({ engine: { model: { id: 'own' } } });
  const keeper = new ModelKeeper({ budgetBytes: 2, keepAliveMs: 50, clock: systemClock, log: memoryLog() });
  const fakes = [];
  for (const id of ['m', 'm#2']) {
    const fake = await startFakeEngine({
      id,
      model: { id: 'm' },
      slots: 1,
      started: false,
      knobs: { delayMs: 300 },
    });
    rig.after(() => fake.stop());
    const engine = keeper.keep(fake.engine, 1);
    await engine.start();
    rig.engines.add(engine);
    fakes.push({ fake, engine });
  }
  const [first, second] = fakes;
  const key = await rig.key();
  const ask = () => rig.post(CHAT, key, chatBody({ model: 'm' }));
  const one = ask();
  await waitFor(() => first?.fake.requests.length === 1, within('the first to run'));
  expect(second?.engine.state().name).toBe('idle');
  const two = ask();
  await waitFor(() => second?.fake.requests.length === 1, within('the second copy to take it'));
  expect([(await one).status, (await two).status]).toEqual([200, 200]);
  await waitFor(() => second?.engine.state().name === 'idle', within('it to go again'));
});

describe('memory that is short', () => {
  it('is taken from the model used least recently', async () => {
    const { ask, states } = await kept({ a: 4, b: 4, c: 4 }, 8);
    for (const id of ['a', 'b', 'a', 'c']) expect((await ask(id)).status).toBe(200);
    expect(states()).toEqual(['ready', 'idle', 'ready']);
  });

  it('is never taken from a model at work: the other waits for its end', async () => {
    const { ask, fake, states } = await kept({ a: 4, b: 4 }, 4);
    fake('a').knobs.delayMs = 300;
    const first = ask('a');
    await waitFor(() => fake('a').requests.length === 1, within('the first to run'));
    const second = ask('b');
    await waitFor(() => states()[1] === 'starting', within('the second to wait'));
    expect(states()).toEqual(['ready', 'starting']);
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(states()).toEqual(['idle', 'ready']);
  });

  it('serves everybody under a storm of calls to more models than fit', async () => {
    const { ask } = await kept({ a: 4, b: 4, c: 4 }, 8);
    const replies = await Promise.all(Array.from({ length: 60 }, (_, at) => ask('abc'[at % 3] ?? 'a')));
    expect(replies.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
  });
});

it('a model nobody uses is unloaded after its time, and not while a stream runs', async () => {
  const { rig, key, ask, fake, engine } = await kept({ a: 1 }, 1, 100);
  fake('a').knobs.answer = 'word '.repeat(40);
  fake('a').knobs.wordDelayMs = 10;
  const reply = await ask('a', { stream: true });
  expect(reply.text).toContain('[DONE]');
  await waitFor(() => engine('a').state().name === 'idle', within('the time to pass'));
  expect((await rig.post(CHAT, key, chatBody({ model: 'a' }))).status).toBe(200);
  await engine('a').stop();
  expect(engine('a').state().name).toBe('stopped');
});

it('a timer that ends a moment early is no reason to keep a model for ever', async () => {
  let nowMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now(), monotonicMs: () => nowMs };
  const keeper = new ModelKeeper({ budgetBytes: 1, keepAliveMs: 20, clock, log: memoryLog() });
  const fake = await startFakeEngine({ model: { id: 'a' }, started: false });
  const engine = keeper.keep(fake.engine, 1);
  await engine.start();
  const end = engine.use();
  await waitFor(() => engine.state().name === 'ready', within('the load'));
  end();
  nowMs = 19.5;
  const early = setInterval(() => {
    nowMs += 0.1;
  }, 10);
  await waitFor(() => engine.state().name === 'idle', within('it to be unloaded'));
  clearInterval(early);
  expect(nowMs).toBeGreaterThanOrEqual(20);
  await keeper.drop(engine);
  await fake.stop();
});

it('a timer that ends before its time, by the clock that counts, is set again', async () => {
  const slow = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() / 4 };
  const keeper = new ModelKeeper({ budgetBytes: 1, keepAliveMs: 20, clock: slow, log: memoryLog() });
  const fake = await startFakeEngine({ id: 'a', model: { id: 'a' }, started: false });
  const engine = keeper.keep(fake.engine, 1);
  await engine.start();
  try {
    const done = engine.use?.();
    await waitFor(() => engine.state().name === 'ready', within('it to be loaded'));
    done?.();
    await waitFor(() => engine.state().name === 'idle', within('it to be unloaded'));
  } finally {
    await engine.stop();
    await fake.stop();
  }
});
