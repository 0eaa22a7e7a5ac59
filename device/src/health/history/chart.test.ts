import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartOf } from './chart.ts';
import { daysLeft } from './trend.ts';
import type { Sample } from './types.ts';

const at = (minute: number, machine: Sample['machine'], gpus: Sample['gpus'] = []): Sample => ({
  minute,
  machine,
  gpus,
});

describe('a chart', () => {
  it('has the mean and the peak of each step, and a gap where nothing was recorded', () => {
    const samples = [
      at(100, { cpu_load_percent: 10 }),
      at(101, { cpu_load_percent: 30 }),
      at(104, { cpu_load_percent: 0 }),
    ];
    const chart = chartOf(samples, { upToMinute: 105, minutes: 6, points: 3 });
    expect(chart).toEqual({
      fromMinute: 100,
      stepMinutes: 2,
      series: [{ id: 'cpu_load_percent', gpu: null, mean: [20, null, 0], max: [30, null, 0] }],
    });
  });

  it('draws each card by itself, after the machine, and nothing for what was never read', () => {
    const samples = [
      at(1, {}, [
        { id: '0000:41:00.0', values: {} },
        { id: '0000:03:00.0', values: { gpu_power_w: 200.12345 } },
      ]),
      at(2, { first_token_ms: 300 }, []),
    ];
    const { series } = chartOf(samples, { upToMinute: 2, minutes: 2, points: 10 });
    expect(series).toEqual([
      { id: 'first_token_ms', gpu: null, mean: [null, 300], max: [null, 300] },
      { id: 'gpu_power_w', gpu: '0000:03:00.0', mean: [200.123, null], max: [200.123, null] },
    ]);
  });

  it('is never longer than asked for, ends with now, and its peaks are the samples’', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_080 }),
        fc.integer({ min: 1, max: 1_440 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: -50, max: 150 })), {
          maxLength: 40,
        }),
        (minutes, points, raw) => {
          const upToMinute = 11_000;
          const samples = raw.map(([minute, value]) => at(minute, { cpu_temperature_c: value }));
          const { fromMinute, stepMinutes, series } = chartOf(samples, { upToMinute, minutes, points });
          const steps = (upToMinute + 1 - fromMinute) / stepMinutes;
          expect(steps).toBeLessThanOrEqual(points);
          expect(steps * stepMinutes).toBeGreaterThanOrEqual(minutes);
          const inside = raw.filter(([minute]) => minute >= fromMinute && minute <= upToMinute);
          const peaks = (series[0]?.max ?? []).filter((value) => value !== null);
          expect(Math.max(...peaks)).toBe(Math.max(...inside.map(([, value]) => value)));
        },
      ),
    );
  });
});

describe('how long the disk lasts', () => {
  const GB = 1000 ** 3;
  const hours = (count: number, free: (hour: number) => number) =>
    Array.from({ length: count }, (_, hour) => at(hour * 60, { disk_free_bytes: free(hour) }));

  it('is told when it fills steadily', () => {
    expect(
      daysLeft(
        hours(48, (hour) => 100 * GB - hour * GB),
        52 * GB,
      ),
    ).toBeCloseTo(52 / 24, 5);
  });

  it('is not told after one download, a clean-up, a short while, or a slow drip', () => {
    expect(
      daysLeft(
        hours(48, (hour) => (hour < 30 ? 400 : 20) * GB),
        20 * GB,
      ),
    ).toBeUndefined();
    expect(
      daysLeft(
        hours(48, (hour) => 100 * GB + hour * GB),
        148 * GB,
      ),
    ).toBeUndefined();
    expect(
      daysLeft(
        hours(23, (hour) => 100 * GB - hour * GB),
        77 * GB,
      ),
    ).toBeUndefined();
    expect(
      daysLeft(
        hours(168, (hour) => 100 * GB - hour * 1_000_000),
        100 * GB,
      ),
    ).toBeUndefined();
    expect(
      daysLeft(
        hours(168, (hour) => 900 * GB - hour * GB * 0.01),
        900 * GB,
      ),
    ).toBeUndefined();
    expect(daysLeft([], 100 * GB)).toBeUndefined();
    expect(
      daysLeft(
        Array.from({ length: 48 }, (_, hour) => at(hour * 60, {})),
        GB,
      ),
    ).toBeUndefined();
  });
});
