/** What every reader of graphics cards must do, run against the tool's stand-in, a made-up sysfs and the fake. */
import { expect, it } from 'vitest';
import type { ReadGpus } from './port.ts';
import { MAX_GPUS } from './types.ts';

const RANGES = {
  memoryTotalBytes: [1, 2 ** 44],
  memoryUsedBytes: [0, 2 ** 44],
  busyPercent: [0, 100],
  clockMhz: [0, 20_000],
  temperatureC: [-60, 200],
  hotspotC: [-60, 200],
  criticalC: [-60, 200],
  powerW: [0, 5_000],
  powerLimitW: [0, 5_000],
} as const;

/**
 * @param some  a reader of a machine with at least two cards, one of which tells not everything
 * @param none  one that cannot read anything
 */
export function gpuContract(some: () => Promise<ReadGpus>, none: () => Promise<ReadGpus>): void {
  it('gives cards in the order of their slots, each value in its range or not at all', async () => {
    const gpus = await (await some())();
    expect(gpus?.length).toBeGreaterThanOrEqual(2);
    const ids = (gpus ?? []).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted());
    expect(ids.length).toBeLessThanOrEqual(MAX_GPUS);
    let unread = 0;
    for (const gpu of gpus ?? []) {
      expect(gpu.id).toMatch(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/);
      if (gpu.uuid !== undefined) expect(gpu.uuid).toMatch(/^GPU-[0-9a-f-]{16,36}$/);
      expect(gpu.name).toMatch(/^[^\p{Cc}\p{Cf}]{1,80}$/u);
      for (const [field, [least, most]] of Object.entries(RANGES)) {
        const value = gpu[field as keyof typeof RANGES]; // Object.entries forgets the keys' type
        if (value === undefined) unread += 1;
        else {
          expect(value, field).toBeGreaterThanOrEqual(least);
          expect(value, field).toBeLessThanOrEqual(most);
        }
      }
    }
    expect(unread).toBeGreaterThan(0);
  });

  it('says that nothing could be read, and does not throw', async () => {
    expect(await (await none())()).toBeUndefined();
  });
}
