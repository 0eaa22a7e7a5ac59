/** What every history must do, run against the file and the one in memory. */
import { expect, it } from 'vitest';
import type { History } from './port.ts';
import { HISTORY_MINUTES, type Sample } from './types.ts';

/** A minute of 2026 as tests use it. */
export const MINUTE = Date.UTC(2026, 10, 22) / 60_000;

/** A minute with little in it; every part may be said otherwise. */
export function testSample(minute: number, rest: Partial<Sample> = {}): Sample {
  return { minute, machine: { cpu_temperature_c: 48.5, requests_per_minute: 0 }, gpus: [], ...rest };
}

export function historyContract(make: () => Promise<History>): void {
  it('remembers nothing first', async () => {
    const history = await make();
    expect(history.newestMinute()).toBeUndefined();
    expect(history.between(0, MINUTE)).toEqual([]);
    await history.close();
  });

  it('gives back what it was told, in order, zero as zero and the unread as unread', async () => {
    const history = await make();
    const full = testSample(MINUTE + 1, {
      machine: {
        cpu_temperature_c: -4.5,
        cpu_load_percent: 100,
        memory_used_bytes: 9 * 1024 ** 3,
        disk_free_bytes: 3_000 * 1024 ** 3,
        requests_per_minute: 12,
        failed_requests_per_minute: 0,
        prompt_tokens_per_minute: 90_000,
        completion_tokens_per_minute: 4_200,
        tokens_per_second: 71.3,
        first_token_ms: 640,
        active_requests: 4,
        queued_requests: 9,
      },
      gpus: [
        { id: '10000:e1:1f.7', values: {} },
        {
          id: '0000:03:00.0',
          values: {
            gpu_temperature_c: 78.5,
            gpu_hotspot_c: 99,
            gpu_power_w: 299.9,
            gpu_busy_percent: 0,
            gpu_memory_used_bytes: 20 * 1024 ** 3,
            gpu_throttled_by_heat: 1,
          },
        },
      ],
    });
    await history.append(full);
    await history.append(testSample(MINUTE));
    expect(history.between(MINUTE - 10, MINUTE + 10)).toEqual([testSample(MINUTE), full]);
    expect(history.between(MINUTE, MINUTE)).toEqual([]);
    expect(history.newestMinute()).toBe(MINUTE + 1);
    await history.close();
  });

  it('forgets after seven days, and keeps a minute once', async () => {
    const history = await make();
    for (const minute of [MINUTE, MINUTE + 1, MINUTE + HISTORY_MINUTES, MINUTE + HISTORY_MINUTES])
      await history.append(testSample(minute));
    const left = history.between(0, MINUTE + HISTORY_MINUTES).map(({ minute }) => minute);
    expect(left).toEqual([MINUTE + 1, MINUTE + HISTORY_MINUTES]);
    expect(history.between(0, MINUTE)).toEqual([]);
    await history.close();
  });

  it('forgets what was written while the clock was ahead, and only that', async () => {
    const history = await make();
    for (const minute of [MINUTE, MINUTE + 1, MINUTE + 500]) await history.append(testSample(minute));
    await history.forgetAfter(MINUTE + 600);
    expect(history.newestMinute()).toBe(MINUTE + 500);
    await history.forgetAfter(MINUTE);
    expect(history.newestMinute()).toBe(MINUTE);
    expect(history.between(0, MINUTE + 600)).toEqual([testSample(MINUTE)]);
    await history.append(testSample(MINUTE + 2));
    expect(history.between(MINUTE, MINUTE + 600)).toEqual([testSample(MINUTE + 2)]);
    await history.close();
  });

  it('keeps the nearest that fits of what does not, and leaves out a card without a place', async () => {
    const history = await make();
    await history.append(
      testSample(MINUTE, {
        machine: { active_requests: 1e9, cpu_load_percent: Number.NaN, first_token_ms: -5 },
        gpus: [{ id: 'usb0', values: { gpu_power_w: 5 } }],
      }),
    );
    expect(history.between(MINUTE - 1, MINUTE)).toEqual([
      { minute: MINUTE, machine: { active_requests: 65_534, first_token_ms: 0 }, gpus: [] },
    ]);
    await history.close();
  });
}
