/** Whether the disk fills steadily, and how long it then lasts. Pure; separate because a wrong word here is a false alarm. */
import type { Sample } from './types.ts';

/** Less than a day says more of the hour than of the machine. */
const LEAST_HOURS = 24;
/** Receipts, logs and updates come and go by more than this. */
const LEAST_LOSS_BYTES_PER_DAY = 200 * 1000 ** 2;
/** What lies further off is no news. */
const MOST_DAYS = 365;

/**
 * Days until the disk is full if it goes on like this; undefined when it does not fill steadily. The slope is the
 * median of those between all pairs of hours (Theil–Sen): one large download, however large, is no trend.
 * @param samples  oldest first     @param freeBytes  now
 */
export function daysLeft(
  samples: readonly Pick<Sample, 'minute' | 'machine'>[],
  freeBytes: number,
): number | undefined {
  const hours = new Map<number, { sum: number; count: number }>();
  for (const { minute, machine } of samples) {
    const free = machine.disk_free_bytes;
    if (free === undefined) continue;
    const hour = Math.floor(minute / 60);
    const known = hours.get(hour) ?? { sum: 0, count: 0 };
    hours.set(hour, { sum: known.sum + free, count: known.count + 1 });
  }
  if (hours.size < LEAST_HOURS) return undefined;
  const points = [...hours].map(([hour, { sum, count }]) => ({ hour, free: sum / count }));
  const slopes: number[] = [];
  for (const [index, a] of points.entries())
    for (const b of points.slice(index + 1)) slopes.push((b.free - a.free) / (b.hour - a.hour));
  slopes.sort((a, b) => a - b);
  const lossPerDay = -24 * (slopes[Math.floor(slopes.length / 2)] ?? 0);
  if (lossPerDay < LEAST_LOSS_BYTES_PER_DAY) return undefined;
  const days = freeBytes / lossPerDay;
  return days > MOST_DAYS ? undefined : days;
}
