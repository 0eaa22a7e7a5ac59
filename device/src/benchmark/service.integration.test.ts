/** A benchmark over real HTTP against an engine that answers by rule. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchmark, nodeIdOf, readDocument, Verifier } from '@b3iq/wire';
import { nodeVerifyKey, rawPublicKey } from '@b3iq/wire/sign-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeEngine, startFakeEngine } from '../engine/fake.ts';
import { ModelKeeper } from '../engine/on-demand/keeper.ts';
import { fakeMachineReading } from '../health/machine/fake.ts';
import { systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { memoryStore } from '../store/fake.ts';
import { fakeRun } from './fake.ts';
import { openRuns } from './open.ts';
import { type BenchmarkDeps, BenchmarkService } from './service.ts';
import { MAX_RUNS, type Runs, runsFormat } from './types.ts';

const ANSWER = 'word '.repeat(40).trim();
const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = rawPublicKey(privateKey);
const identity = { nodeId: nodeIdOf(publicKey), keyEpoch: 2, privateKey };
const within = (what: string) => ({ timeoutMs: 30_000, what });

let fake: FakeEngine;
let service: BenchmarkService;
let stats: { active: number; queued: number };
beforeEach(async () => {
  stats = { active: 0, queued: 0 };
  fake = await startFakeEngine({ slots: 2, knobs: { answer: ANSWER, wordDelayMs: 1 } });
});
afterEach(async () => {
  await service.close();
  await fake.stop();
});

function make(rest: Partial<BenchmarkDeps> = {}): BenchmarkService {
  service = new BenchmarkService({
    engines: () => [fake.engine],
    stats: () => stats,
    read: async () => fakeMachineReading(),
    store: memoryStore<Runs>([], runsFormat.schema),
    identity,
    facts: async () => ({
      processor: 'Some\u0000 Processor',
      memoryBytes: 2 ** 34,
      graphics: [{ name: 'A card', memoryBytes: undefined }],
    }),
    clock: systemClock,
    log: memoryLog(),
    version: '0.1.0',
    kind: 'host',
    ...rest,
  });
  return service;
}
const done = () => waitFor(async () => (await service.now()).progress === null, within('the end'));

describe('a benchmark', () => {
  it('measures what its numbers say, and keeps it with what it means', async () => {
    make().start({});
    expect((await service.now()).progress).toMatchObject({ model: 'b3iq-selftest', done: 0, total: 13 });
    await done();
    const { runs, problem } = await service.now();
    expect(problem).toBeNull();
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run).toMatchObject({
      model: 'b3iq-selftest',
      rounds: 3,
      disturbed: false,
      temperature_c: 61,
      expectation: null,
      concurrency: [{ streams: 1 }, { streams: 2 }],
    });
    // A word each millisecond and some: never more than a thousand a second, and two streams together more than one.
    expect(run?.decode_tokens_per_second).toBeGreaterThan(5);
    expect(run?.decode_tokens_per_second).toBeLessThan(1_100);
    expect(run?.sentences[0]).toMatch(/^It writes about .* words a second/);
    expect(fake.load.peak).toBe(2);
  });

  it('has a model loaded that is loaded when needed, and says why when it cannot be', async () => {
    const options = { clock: systemClock, log: memoryLog(), keepAliveMs: 0, budgetBytes: 1 };
    const keeper = new ModelKeeper(options);
    const sleeping = await startFakeEngine({
      model: { id: 'mine', selfTest: false },
      slots: 1,
      started: false,
      knobs: { answer: ANSWER, wordDelayMs: 1 },
    });
    const large = await startFakeEngine({ model: { id: 'large' }, started: false });
    const engines = [keeper.keep(large.engine, 2), keeper.keep(sleeping.engine, 1)];
    for (const engine of engines) await engine.start();
    make({ engines: () => engines }).start({});
    await done();
    const { runs, problem } = await service.now();
    expect(runs.map(({ model }) => model)).toEqual(['mine']);
    expect(problem).toMatch(/more memory than this machine has/);
    await waitFor(() => sleeping.engine.state().name === 'stopped', within('it is let go again'));
    await Promise.all([sleeping.stop(), large.stop()]);
  });

  it('never sends the same beginning twice', async () => {
    make().start({});
    await done();
    const prompts = fake.requests.map(({ body }) => body.messages[0].content.slice(0, 10));
    expect(prompts.length).toBeGreaterThan(12);
    expect(new Set(prompts).size).toBe(prompts.length);
  });

  it('is signed as what the machine says of itself', async () => {
    make().start({});
    await done();
    const [run] = (await service.now()).runs;
    const envelope = await service.document(run?.id ?? '');
    const key = nodeVerifyKey(publicKey) ?? expect.fail('no key');
    const verifier = new Verifier([{ key, payloadTypes: [benchmark.payloadType] }]);
    expect(readDocument(benchmark, verifier, envelope)).toMatchObject({
      ok: true,
      document: {
        iss: identity.nodeId,
        jti: run?.id,
        key_epoch: 2,
        self_reported: true,
        measured_at: run?.at,
        machine: { processor: 'Some Processor', graphics: [{ name: 'A card' }] },
        model: { id: 'b3iq-selftest', self_test: true },
        decode_tokens_per_second: run?.decode_tokens_per_second,
      },
    });
    await expect(service.document('bench_unknown')).rejects.toMatchObject({ code: 'benchmark_not_found' });
    await service.close();
    const store = memoryStore<Runs>([fakeRun()], runsFormat.schema);
    await expect(make({ store, identity: undefined }).document(fakeRun().id)).rejects.toMatchObject({
      code: 'identity_unavailable',
    });
  });

  it('does not begin beside other calls, unless told to, and then says so', async () => {
    stats.queued = 1;
    make();
    expect(() => service.start({})).toThrow(expect.objectContaining({ code: 'benchmark_busy' }));
    service.start({ anyway: true });
    await done();
    expect((await service.now()).runs[0]).toMatchObject({ disturbed: true });
  });

  it('says that it was disturbed when a call came meanwhile', async () => {
    make().start({});
    await waitFor(() => fake.requests.length > 3, within('some requests'));
    stats.active = 1;
    await waitFor(async () => (await service.now()).progress?.disturbed, within('the notice'));
    stats.active = 0;
    await done();
    expect((await service.now()).runs[0]).toMatchObject({ disturbed: true });
  });

  it('can be stopped, leaves nothing behind, and can begin again', async () => {
    make().start({});
    expect(() => service.start({})).toThrow(expect.objectContaining({ code: 'benchmark_running' }));
    await waitFor(() => fake.requests.length > 2, within('some requests'));
    service.stop();
    await done();
    expect(await service.now()).toEqual({ progress: null, problem: null, runs: [] });
    await waitFor(() => fake.load.now === 0, within('the engine to be left alone'));
    service.stop();
    service.start({});
    await done();
    expect((await service.now()).runs).toHaveLength(1);
  });

  it.each([
    ['fails', { fail: 'status' }],
    ['dies in the middle', { fail: 'die' }],
    ['cannot count', { failCount: true }],
    ['says nothing', { answer: '' }],
  ] as const)('keeps nothing of an engine that %s, and tells why', async (_, knobs) => {
    Object.assign(fake.knobs, knobs);
    make().start({});
    await done();
    const { runs, problem } = await service.now();
    expect(runs).toEqual([]);
    expect(problem).toMatch(/^Fake self-test model: .{10,} Nothing was kept of it\.$/);
  });

  it('goes on with the next model when one fails', async () => {
    const other = await startFakeEngine({
      model: { id: 'other', label: 'Other' },
      slots: 1,
      knobs: { answer: ANSWER },
    });
    try {
      fake.knobs.fail = 'status';
      make({ engines: () => [fake.engine, other.engine] }).start({});
      await done();
      const { runs, problem } = await service.now();
      expect(runs.map(({ model }) => model)).toEqual(['other']);
      expect(problem).toContain('Fake self-test model');
    } finally {
      await other.stop();
    }
  });

  it('refuses a model that is not there, cannot chat or is not ready', async () => {
    make();
    expect(() => service.start({ model: 'gone' })).toThrow(
      expect.objectContaining({ code: 'model_not_found' }),
    );
    fake.setState({ name: 'starting' });
    expect(() => service.start({})).toThrow(expect.objectContaining({ code: 'engine_unavailable' }));
    const embeds = { ...fake.engine, model: { ...fake.engine.model, capabilities: ['embeddings' as const] } };
    await service.close();
    make({ engines: () => [embeds] });
    expect(() => service.start({})).toThrow(expect.objectContaining({ code: 'capability_unavailable' }));
  });

  it('keeps the newest two hundred', async () => {
    const old = Array.from({ length: MAX_RUNS }, (_, i) => fakeRun({ label: `old ${i}` }));
    make({ store: memoryStore<Runs>(old, runsFormat.schema) }).start({});
    await done();
    const { runs } = await service.now();
    expect(runs).toHaveLength(MAX_RUNS);
    expect(runs[0]?.model).toBe('b3iq-selftest');
    expect(runs.at(-1)?.label).toBe('old 1');
  });
});

describe('what was measured before', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'b3iq-benchmarks-'));
    make();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is there after a restart', async () => {
    const store = await openRuns(dir, systemClock, memoryLog());
    await store.update((runs) => [...runs, fakeRun()]);
    expect((await openRuns(dir, systemClock, memoryLog())).read()).toEqual([fakeRun()]);
  });

  it('is put aside when it cannot be read, and the machine starts', async () => {
    const log = memoryLog();
    for (const name of ['benchmarks.json', 'benchmarks.last-good.json'])
      await writeFile(join(dir, name), '{"version":1,"value":[{"id":"no"}]');
    const store = await openRuns(dir, systemClock, log);
    expect(store.read()).toEqual([]);
    expect(await readFile(join(dir, 'benchmarks.json.unread'), 'utf8')).toContain('"no"');
    await store.update(() => [fakeRun()]);
  });

  it('of a later version is left alone for it, and something is remembered meanwhile', async () => {
    const later = JSON.stringify({ ...JSON.parse(await written()), version: 9 });
    for (const name of ['benchmarks.json', 'benchmarks.last-good.json'])
      await writeFile(join(dir, name), later);
    const store = await openRuns(dir, systemClock, memoryLog());
    expect(await store.update((runs) => [...runs, fakeRun()])).toEqual([fakeRun()]);
    expect(await readFile(join(dir, 'benchmarks.json'), 'utf8')).toBe(later);
  });
  async function written(): Promise<string> {
    const store = await openRuns(dir, systemClock, memoryLog());
    await store.update(() => [fakeRun()]);
    return readFile(join(dir, 'benchmarks.json'), 'utf8');
  }
});
