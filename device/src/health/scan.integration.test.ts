import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { hardwareReader, hardwareScan } from './scan.ts';
import type { EngineReading, Readings } from './types.ts';

describe('the hardware scan', () => {
  it('measures this machine', async () => {
    const readings = await hardwareReader(tmpdir())();
    expect(readings.processor?.cores).toBeGreaterThan(0);
    expect(readings.memoryBytes).toBeGreaterThan(100 * 1024 ** 2);
    expect(readings.diskFreeBytes).toBeGreaterThan(0);
  });

  it('answers in time even when nothing else does, and where the disk is gone', async () => {
    const readings = await hardwareReader('/nowhere/at/all', 1)();
    expect(readings.diskFreeBytes).toBeUndefined();
  });

  it('measures at most once a minute, also for many at once, and asks the engine each time', async () => {
    const clock = new FakeClock();
    let reads = 0;
    let engine: EngineReading = { name: 'starting' };
    const nothing: Readings = { processor: undefined, memoryBytes: 1, diskFreeBytes: 1, graphics: undefined };
    const read = async () => {
      reads++;
      return nothing;
    };
    const scan = hardwareScan({ read, engine: () => engine, clock });
    await Promise.all([scan(), scan(), scan()]);
    engine = { name: 'ready' };
    expect((await scan()).checks.at(-1)?.value).toBe('Ready');
    expect(reads).toBe(1);
    clock.advance(60_001);
    await scan();
    expect(reads).toBe(2);
  });
});
