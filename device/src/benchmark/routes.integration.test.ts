import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { fakeBenchmarks, fakeRun } from './fake.ts';

let machine: Machine;
let cookie: string;
beforeEach(async () => {
  machine = await startMachine({ benchmarks: fakeBenchmarks([fakeRun()]) });
  ({ cookie } = await machine.claimNow());
});
afterEach(() => machine.close());

const asOwner = (path: string, body?: unknown) =>
  machine.ask(path, {
    headers: { cookie, ...(body === undefined ? {} : { origin: `http://127.0.0.1:${machine.port}` }) },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });

describe('benchmarks over HTTP', () => {
  it('are begun, followed, stopped, and taken away', async () => {
    expect((await asOwner('/api/benchmark')).json).toMatchObject({ progress: null, runs: [{ rounds: 3 }] });
    const started = await asOwner('/api/benchmark/start', { model: 'example-7b-instruct' });
    expect(started).toMatchObject({ status: 202, json: { progress: { done: 9, total: 16 } } });
    expect((await asOwner('/api/benchmark/start', {})).json).toMatchObject({
      error: { status: 409, code: 'benchmark_running' },
    });
    expect((await asOwner('/api/benchmark/stop', {})).json).toMatchObject({ progress: null });
    const taken = await asOwner(`/api/benchmark/${fakeRun().id}`);
    expect(taken.headers['content-disposition']).toBe(`attachment; filename="${fakeRun().id}.json"`);
    expect(taken.json).toMatchObject({ payloadType: 'application/vnd.b3iq.benchmark.v1+json' });
  });

  it.each([{ model: 1 }, { model: '' }, { anyway: 'yes' }, { seconds: 5 }, []])('refuse %j', async (body) => {
    expect((await asOwner('/api/benchmark/start', body)).json).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });

  it('are nobody else’s, and none is found by a strange name', async () => {
    for (const path of ['/api/benchmark', `/api/benchmark/${fakeRun().id}`])
      expect((await machine.ask(path)).json).toMatchObject({ error: { code: 'unauthorized' } });
    for (const id of ['bench_0', '..%2f..', '%00'])
      expect((await asOwner(`/api/benchmark/${id}`)).json).toMatchObject({
        error: { code: 'benchmark_not_found' },
      });
  });
});
