import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { memoryStore } from '../store/fake.ts';
import { FakeWorld } from './fake.ts';
import { manifestOf, readingOf } from './fixtures.ts';
import { IDLE_MS, RETRY_MS } from './plan.ts';
import { UpdateService } from './service.ts';
import { defaultUpdateSettings, updateSlice } from './types.ts';

let world: FakeWorld;
let clock: FakeClock;
let hour: number;
let idleForMs: number;
let log: ReturnType<typeof memoryLog>;
let service: UpdateService;

beforeEach(() => {
  world = new FakeWorld();
  clock = new FakeClock(Date.UTC(2026, 10, 22, 3));
  hour = 3;
  idleForMs = IDLE_MS;
  log = memoryLog();
  service = new UpdateService({
    world,
    store: memoryStore(defaultUpdateSettings, updateSlice),
    clock,
    log,
    idleForMs: () => idleForMs,
    random: () => 0,
    hour: () => hour,
  });
});

const offer = { from: 'url', manifest: manifestOf() } as const;
const pending = { version: 2, at: '2026-11-22T00:00:00.000Z' };
const ready = {
  onTrial: false,
  triesLeft: undefined,
  entries: [
    { version: 1, triesLeft: undefined },
    { version: 2, triesLeft: 3 },
  ],
  record: { pending, floor: 1, failed: [], last: undefined },
};
const trial = { ...ready, onTrial: true, triesLeft: 2 };
const minutes = (n: number) => clock.advance(n * 60_000);

describe('the owner', () => {
  it('looks for a version and sees that it is being done, until its program speaks', async () => {
    await service.check();
    expect(world.started).toEqual(['b3iq-update-check']);
    expect((await service.answer()).state).toEqual({ kind: 'checking' });
    world.tell({ uptimeS: 1_003, fetching: { uptimeS: 1_002, activity: { kind: 'none' } } });
    expect((await service.answer()).state).toEqual({ kind: 'idle' });
  });
  it('is not told for ever that it is being done when the program never speaks', async () => {
    await service.check();
    clock.advance(20_000);
    expect((await service.answer()).state).toEqual({ kind: 'idle' });
  });
  it('cannot start a second look, nor an installation during one', async () => {
    world.tell({ offers: [offer] });
    await service.check();
    await service.check();
    expect(world.started).toHaveLength(1);
    await expect(service.install()).rejects.toMatchObject({ code: 'update_unavailable' });
  });
  it('installs what was found, once', async () => {
    world.tell({ offers: [offer] });
    await service.install();
    await service.install();
    expect(world.started).toEqual(['b3iq-update']);
    expect((await service.answer()).state).toMatchObject({
      kind: 'installing',
      version: '2',
      total_bytes: 300,
    });
  });
  it('cannot install what is not there', async () => {
    await expect(service.install()).rejects.toMatchObject({ code: 'update_unavailable' });
  });
  it('cannot install over the way back, and is told when to ask again', async () => {
    world.tell({ offers: [offer], running: { ...readingOf().running, version: 2 } as never, facts: trial }); // a version on trial
    await expect(service.install()).rejects.toMatchObject({
      code: 'update_on_trial',
      facts: { retryAfterS: 60 },
    });
  });
  it('restarts into what waits, and into nothing else', async () => {
    await expect(service.restart()).rejects.toMatchObject({ code: 'update_unavailable' });
    world.tell({ facts: ready });
    await service.restart();
    expect(world.started).toEqual(['b3iq-restart']);
  });
  it('is told when the system refuses a step, and nothing hangs', async () => {
    world.refuses = true;
    await expect(service.check()).rejects.toMatchObject({ code: 'appliance_step_failed' });
    expect((await service.answer()).state).toEqual({ kind: 'idle' });
  });
  it('turns it off, and on, and waits', async () => {
    await service.change({ automatic: false });
    expect(await service.answer()).toMatchObject({ automatic: false, postponed_until: null });
    await service.change({ postpone_days: 7 });
    expect(await service.answer()).toMatchObject({
      automatic: false,
      postponed_until: '2026-11-29T03:00:00.000Z',
    });
    await service.change({ automatic: true, postpone_days: 0 });
    expect(await service.answer()).toMatchObject({ automatic: true, postponed_until: null });
  });
});

describe('by itself the machine', () => {
  it('looks ten minutes after it started, and again the next day', async () => {
    minutes(9);
    await service.tick();
    expect(world.started).toEqual([]);
    minutes(1);
    await service.tick();
    minutes(1);
    await service.tick();
    expect(world.started).toEqual(['b3iq-update-check']);
    minutes(20 * 60);
    await service.tick();
    expect(world.started).toEqual(['b3iq-update-check', 'b3iq-update-check']);
  });
  it('installs and restarts in a quiet hour', async () => {
    world.tell({ offers: [offer] });
    await service.tick();
    expect(world.started).toEqual(['b3iq-update']);
    minutes(1);
    world.tell({ facts: ready });
    await service.tick();
    expect(world.started).toEqual(['b3iq-update', 'b3iq-restart']);
  });
  it('tries again after an hour, not after a minute', async () => {
    world.tell({ offers: [offer] });
    await service.tick();
    minutes(1);
    await service.tick();
    expect(world.started).toHaveLength(1);
    clock.advance(RETRY_MS);
    world.tell({ offers: [offer] });
    await service.check();
    minutes(1);
    await service.tick();
    expect(world.started).toEqual(['b3iq-update', 'b3iq-update-check', 'b3iq-update']);
  });
  it('does nothing while it is used, by day, or when it is told to wait', async () => {
    world.tell({ offers: [offer] });
    idleForMs = 0;
    await service.tick();
    idleForMs = IDLE_MS;
    hour = 12;
    await service.tick();
    hour = 3;
    await service.change({ postpone_days: 1 });
    await service.tick();
    expect(world.started).toEqual([]);
  });
  it('installs by day what waited two days without a quiet hour', async () => {
    hour = 12;
    world.tell({ offers: [offer] });
    await service.tick();
    minutes(2 * 24 * 60);
    await service.check(); // the daily look, so that only the installation is due
    clock.advance(20_000);
    await service.tick();
    expect(world.started.at(-1)).toBe('b3iq-update');
  });
  it('says in its log what it could not do, and goes on', async () => {
    world.tell({ offers: [offer] });
    world.refuses = true;
    await service.tick();
    expect(log.lines.join()).toContain('update.step_failed');
  });
  it('considers once a minute from start to close', async () => {
    vi.useFakeTimers();
    try {
      const considered = vi.spyOn(service, 'tick');
      world.tell({ offers: [offer] });
      service.start();
      service.start();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(considered).toHaveBeenCalledTimes(1);
      expect(world.started).toEqual(['b3iq-update']);
      service.close();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(considered).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
