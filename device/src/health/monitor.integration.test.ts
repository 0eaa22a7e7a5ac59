import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineState, ServedModel } from '../engine/port.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { testCall } from '../receipts/test-call.ts';
import { EngineWatch } from './engines.ts';
import { fakeHealth } from './fake.ts';
import { fakeGpu } from './gpu/fake.ts';
import { testSample } from './history/contract.ts';
import type { History } from './history/port.ts';
import { openHistory, Ring } from './history/ring.ts';
import { fakeMachineReading } from './machine/fake.ts';
import type { MachineReading } from './machine/types.ts';
import { readMetrics } from './metrics/read-metrics.ts';
import { HealthMonitor } from './monitor.ts';
import { Traffic } from './traffic/traffic.ts';

const START = Date.UTC(2026, 10, 22);
const model: ServedModel = {
  id: 'm',
  label: 'Model M',
  selfTest: false,
  contextTokens: 1,
  sizeBytes: 1,
  capabilities: [],
};

/** A monitor whose minutes pass when told. */
function watched({ history = new Ring(), startMs = START }: { history?: History; startMs?: number } = {}) {
  const clock = new FakeClock(startMs);
  const log = memoryLog();
  const traffic = new Traffic();
  const engines = new EngineWatch(clock);
  const listeners = new Set<() => void>();
  let state: EngineState = { name: 'ready' };
  const unwatch = engines.watch({
    id: model.id,
    model,
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  let reading: MachineReading | 'broken' = fakeMachineReading();
  let stats = { active: 2, queued: 5 };
  let reads = 0;
  let told = 0;
  const monitor = new HealthMonitor({
    read: async () => {
      reads += 1;
      if (reading === 'broken') throw new Error('a reader that should not throw');
      return reading;
    },
    history,
    traffic,
    engines,
    stats: () => stats,
    clock,
    log,
    version: '0.1.0',
    kind: 'host',
    onAlert: () => {
      told += 1;
    },
  });
  return {
    monitor,
    clock,
    log,
    traffic,
    unwatch,
    reads: () => reads,
    told: () => told,
    load: (active: number, queued: number) => {
      stats = { active, queued };
      monitor.look();
    },
    set: (next: MachineReading | 'broken') => {
      reading = next;
    },
    engineIs: (next: EngineState) => {
      state = next;
      for (const listener of listeners) listener();
    },
    async minutes(count: number): Promise<void> {
      for (let i = 0; i < count; i++) {
        clock.advance(60_000);
        await monitor.minute();
      }
    },
  };
}

describe('the monitor', () => {
  it('remembers each minute and draws it', async () => {
    const machine = watched();
    machine.traffic.note(testCall({ durationMs: 1_000, firstTokenMs: 500, completionTokens: 51 }));
    await machine.minutes(3);
    const chart = await machine.monitor.history({ hours: 1, points: 60 });
    expect(chart).toMatchObject({ step_s: 60, to: new Date(START + 4 * 60_000).toISOString() });
    const of = (id: string) => chart.series.find((series) => series.id === id)?.mean.slice(-4);
    expect(of('cpu_temperature_c')).toEqual([null, 48.5, 48.5, 48.5]);
    expect(of('requests_per_minute')).toEqual([null, 1, 0, 0]);
    expect(of('tokens_per_second')).toEqual([null, 100, null, null]);
    expect(of('queued_requests')).toEqual([null, 5, 5, 5]);
    expect(chart.series.filter(({ gpu }) => gpu === '0000:41:00.0')).toEqual([]);
  });

  it('keeps the longest line of a minute, also one that is gone when the minute is', async () => {
    const machine = watched();
    machine.load(4, 9);
    machine.load(1, 0);
    await machine.minutes(2);
    const { series } = await machine.monitor.history({ hours: 1, points: 60 });
    expect(series.find(({ id }) => id === 'queued_requests')?.max.slice(-2)).toEqual([9, 0]);
    expect(series.find(({ id }) => id === 'active_requests')?.max.slice(-2)).toEqual([4, 1]);
  });

  it('tells the machine as it is now, the unreadable as null', async () => {
    const machine = watched();
    const now = await machine.monitor.now();
    expect(now).toMatchObject({
      at: '2026-11-22T00:00:00.000Z',
      cpu: { temperature_c: 48.5 },
      traffic: { active_requests: 2, queued_requests: 5, tokens_per_second: null, first_token_ms: null },
      engines: [{ engine: 'm', model: 'm', state: 'ready', restarts: 0 }],
    });
    expect(now.gpus?.[1]).toMatchObject({ power_w: null, memory_used_bytes: null, throttled: null });
    machine.set(fakeMachineReading({ gpus: undefined }));
    machine.clock.advance(3_000);
    expect((await machine.monitor.now()).gpus).toBeNull();
  });

  it('reads once for all who ask within two seconds', async () => {
    const machine = watched();
    await Promise.all([machine.monitor.now(), machine.monitor.metrics(), machine.monitor.now()]);
    expect(machine.reads()).toBe(1);
    machine.clock.advance(2_001);
    await machine.monitor.metrics();
    expect(machine.reads()).toBe(2);
  });

  it('warns when a card stays hot, tells it once, and says when it is over', async () => {
    const machine = watched();
    machine.set(fakeMachineReading({ gpus: [fakeGpu({ hotspotC: 107 })] }));
    await machine.minutes(10);
    expect(machine.told()).toBe(1);
    expect(machine.monitor.alerts().alerts).toMatchObject([
      {
        id: 'overheating:0000:03:00.0',
        severity: 'warning',
        title: 'The graphics card AMD Radeon AI PRO R9700 is at 107 °C.',
        raised_at: new Date(START + 3 * 60_000).toISOString(),
        gone_at: null,
        times: 1,
      },
    ]);
    expect(machine.monitor.openAlerts()).toBe(1);
    const metrics = readMetrics(await machine.monitor.metrics());
    expect(metrics.get('b3iq_alerts')?.samples).toMatchObject([
      { labels: { kind: 'overheating' }, value: 1 },
    ]);
    machine.set(fakeMachineReading({ gpus: [fakeGpu()] }));
    await machine.minutes(5);
    expect(machine.told()).toBe(2);
    expect(machine.monitor.alerts().alerts[0]?.gone_at).toBe(new Date(START + 15 * 60_000).toISOString());
    expect(machine.monitor.openAlerts()).toBe(0);
    expect(machine.log.lines.filter((line) => line.includes('health.alert_'))).toHaveLength(2);
  });

  it('counts the ends of an engine, also those while it loads, and warns when they come quickly', async () => {
    const machine = watched();
    for (let end = 1; end <= 3; end++) {
      machine.engineIs({ name: 'restarting', reason: 'It ran out of memory.', retryAtMs: START + end });
      machine.engineIs({ name: 'restarting', reason: 'It ran out of memory.' });
    }
    await machine.minutes(1);
    const flapping = machine.monitor.alerts().alerts;
    expect(flapping).toMatchObject([{ id: 'engine-flapping:m', title: expect.stringContaining('3 times') }]);
    machine.engineIs({ name: 'ready' });
    await machine.minutes(25);
    expect(machine.monitor.alerts().alerts).toMatchObject([{ gone_at: expect.any(String) }]);
    machine.engineIs({ name: 'stopped' });
    expect((await machine.monitor.now()).engines).toMatchObject([{ state: 'stopped', restarts: 3 }]);
    machine.unwatch();
    expect((await machine.monitor.now()).engines).toEqual([]);
  });

  it('sees a disk that fills over days', async () => {
    const history = new Ring();
    const minute = START / 60_000;
    for (let hour = 0; hour < 48; hour++)
      history.put(
        testSample(minute - (48 - hour) * 60, { machine: { disk_free_bytes: (110 - hour) * 1000 ** 3 } }),
      );
    const machine = watched({ history });
    machine.set(fakeMachineReading({ disk: { freeBytes: 60 * 1000 ** 3, totalBytes: 1_000 * 1000 ** 3 } }));
    await machine.minutes(2);
    expect((await machine.monitor.now()).disk.days_left).toBeCloseTo(2.5, 1);
    expect(machine.monitor.alerts().alerts[0]?.title).toBe(
      'The disk has 60 GB left and fills up: full in about 3 days.',
    );
  });

  it('knows that the clock went back, and believes it once somebody has set it', async () => {
    const history = new Ring();
    history.put(testSample(START / 60_000 + 600));
    const machine = watched({ history });
    await machine.minutes(1);
    expect(machine.monitor.alerts().alerts).toMatchObject([{ id: 'clock-wrong', gone_at: null }]);
    machine.clock.jump(-120_000);
    await machine.minutes(1);
    expect(machine.monitor.alerts().alerts).toMatchObject([{ gone_at: expect.any(String) }]);
    expect(history.newestMinute()).toBe(START / 60_000);
  });

  it('believes a clock that was ahead before, once a day has passed with it', async () => {
    const history = new Ring();
    history.put(testSample(START / 60_000 + 5_000));
    const machine = watched({ history });
    await machine.minutes(24 * 60 - 1);
    expect(machine.monitor.alerts().alerts).toMatchObject([{ id: 'clock-wrong', gone_at: null }]);
    await machine.minutes(2);
    expect(machine.monitor.alerts().alerts).toMatchObject([{ gone_at: expect.any(String) }]);
    expect(history.newestMinute()).toBe(START / 60_000 + 24 * 60 + 1);
  });

  it('keeps no minute of a time that cannot be, and still warns', async () => {
    const history = new Ring();
    const machine = watched({ history, startMs: 0 });
    await machine.minutes(3);
    expect(history.newestMinute()).toBeUndefined();
    expect(machine.monitor.alerts().alerts).toMatchObject([{ title: 'The machine’s clock is not set.' }]);
  });

  it('goes on after a minute that failed', async () => {
    const machine = watched();
    machine.set('broken');
    await machine.minutes(1);
    machine.set(fakeMachineReading());
    await machine.minutes(1);
    expect(machine.log.lines.filter((line) => line.includes('health.minute_failed'))).toHaveLength(1);
    expect((await machine.monitor.history({ hours: 1, points: 60 })).series.length).toBeGreaterThan(0);
  });
});

describe('the monitor on a disk', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'b3iq-monitor-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('has its charts again after a restart', async () => {
    const path = join(dir, 'health.ring');
    const first = watched({ history: await openHistory(path, memoryLog()) });
    await first.minutes(5);
    const before = await first.monitor.history({ hours: 1, points: 60 });
    await first.monitor.close();
    const second = watched({ history: await openHistory(path, memoryLog()), startMs: START + 5 * 60_000 });
    expect(await second.monitor.history({ hours: 1, points: 60 })).toEqual(before);
    await second.monitor.close();
  });

  it('works by itself at the beginning of each minute until it is closed', async () => {
    const history = new Ring();
    // 20 ms before the full minute: the first one is due at once.
    const machine = watched({ history, startMs: START + 59_980 });
    machine.monitor.start();
    await waitFor(() => machine.reads() > 0, { timeoutMs: 5_000, what: 'the first minute' });
    await machine.monitor.close();
    const reads = machine.reads();
    machine.monitor.start();
    await machine.monitor.close();
    expect(machine.reads()).toBe(reads);
  });
});

describe('the fake', () => {
  it('has a week to draw and a machine to show', async () => {
    const health = fakeHealth();
    const week = await health.history({ hours: 168, points: 240 });
    expect(week.series.map(({ id }) => id)).toContain('gpu_power_w');
    expect(week.series[0]?.mean.filter((value) => value !== null).length).toBeGreaterThan(200);
    expect((await health.now()).gpus).toHaveLength(2);
    expect(readMetrics(await health.metrics()).has('b3iq_gpu_power_watts')).toBe(true);
  });
});
