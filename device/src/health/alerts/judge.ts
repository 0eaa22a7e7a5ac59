/**
 * A minute of the machine to what is bad, well, or between the two. Pure; separate from `state.ts`, which decides how
 * long that must last to be said. Two limits for everything, so that a value at the edge says nothing new each minute.
 */
import type { MachineKind } from '../../errors.ts';
import type { GpuReading } from '../gpu/types.ts';
import type { Finding, Observation, Verdict } from './types.ts';
import { clockWords, diskWords, engineWords, heatWords, throttleWords } from './words.ts';

/** Where nothing is known of the maker's limit, °C: processors and cards slow themselves from about here. */
const HOT_CPU_C = 95;
const HOT_GPU_C = 88;
/** Below the maker's critical point by this much is hot; and it is cool again below that by as much again. */
const MARGIN_C = 5;

const GB = 1000 ** 3;
/** Free space that is little: a twentieth of the disk, but never more than a large model and never less than a small one. */
const LITTLE = { share: 0.05, mostBytes: 50 * GB, leastBytes: 5 * GB };
/** Enough again: by so much more. */
const ENOUGH_FACTOR = 1.25;
const FEW_DAYS = 7;
const ENOUGH_DAYS = 10;

const FLAPS = 3;

/** This program is not older, and will not be in use later. */
const EARLIEST_MS = 1_767_225_600_000; // 2026-01-01
const LATEST_MS = 4_102_444_800_000; // 2100-01-01
/** Clocks are set by a minute or two when a network tells the time. */
const BEHIND_MS = 5 * 60_000;

/** Whether such a time can be right at all. @param wallMs  Unix ms */
export const isPlausibleTime = (wallMs: number): boolean => wallMs >= EARLIEST_MS && wallMs < LATEST_MS;

/** Every part that could be looked at, in a fixed order. @param on  whose hands the advice is for */
export function judgeMinute(seen: Observation, on: MachineKind): readonly Verdict[] {
  const { cpu, gpus = [], disk } = seen.machine;
  return [
    ...heat('cpu', 'The processor', cpu.temperatureC, cpu.criticalC, HOT_CPU_C),
    ...gpus.flatMap((gpu) => [
      ...heat(
        gpu.id,
        `The graphics card ${gpu.name}`,
        gpu.hotspotC ?? gpu.temperatureC,
        gpu.criticalC,
        HOT_GPU_C,
      ),
      ...throttling(gpu),
    ]),
    ...diskSpace(disk.freeBytes, disk.totalBytes, seen.diskDaysLeft, on),
    ...seen.engines.flatMap((engine): Verdict[] => [
      {
        id: `engine-flapping:${engine.engine}`,
        kind: 'engine-flapping',
        severity: 'critical',
        finding: limits(engine.recentRestarts, FLAPS, 1),
        ...engineWords(engine, 'flapping', on),
      },
      {
        id: `engine-failed:${engine.engine}`,
        kind: 'engine-failed',
        severity: 'critical',
        finding: engine.isFailed ? 'bad' : 'good',
        ...engineWords(engine, 'failed', on),
      },
    ]),
    clock(seen, on),
  ];
}

/** `bad` from `bad` on upwards, `good` below `good`. */
function limits(value: number, bad: number, good: number): Finding {
  return value >= bad ? 'bad' : value < good ? 'good' : 'between';
}

function heat(
  part: string,
  name: string,
  celsius: number | undefined,
  criticalC: number | undefined,
  hotC: number,
): readonly Verdict[] {
  if (celsius === undefined) return [];
  const hot = criticalC === undefined ? hotC : criticalC - MARGIN_C;
  const isCritical = criticalC !== undefined && celsius >= criticalC;
  return [
    {
      id: `overheating:${part}`,
      kind: 'overheating',
      severity: isCritical ? 'critical' : 'warning',
      finding: limits(celsius, hot, hot - MARGIN_C),
      ...heatWords(name, celsius, isCritical),
    },
  ];
}

/** Holding a power budget is how a card works, not a fault. */
function throttling(gpu: GpuReading): readonly Verdict[] {
  if (gpu.throttled === undefined) return [];
  const isStarved = gpu.throttled.includes('power-supply');
  return [
    {
      id: `throttling:${gpu.id}`,
      kind: 'throttling',
      severity: 'warning',
      finding: isStarved || gpu.throttled.includes('heat') ? 'bad' : 'good',
      ...throttleWords(gpu.name, isStarved ? 'power-supply' : 'heat'),
    },
  ];
}

function diskSpace(
  freeBytes: number | undefined,
  totalBytes: number | undefined,
  days: number | undefined,
  on: MachineKind,
): readonly Verdict[] {
  if (freeBytes === undefined) return [];
  const share = (totalBytes ?? 0) * LITTLE.share;
  const little = Math.max(LITTLE.leastBytes, Math.min(share, LITTLE.mostBytes));
  const bySpace = limits(-freeBytes, -little, -little * ENOUGH_FACTOR);
  const byDays = days === undefined ? 'good' : limits(-days, -FEW_DAYS, -ENOUGH_DAYS);
  const findings: readonly Finding[] = [bySpace, byDays];
  return [
    {
      id: 'disk-filling',
      kind: 'disk-filling',
      severity: freeBytes < little / 5 ? 'critical' : 'warning',
      finding: findings.includes('bad') ? 'bad' : findings.includes('between') ? 'between' : 'good',
      ...diskWords(freeBytes, days, on),
    },
  ];
}

function clock({ nowMs, latestKnownMs }: Observation, on: MachineKind): Verdict {
  const isBehind = latestKnownMs !== undefined && nowMs < latestKnownMs - BEHIND_MS;
  return {
    id: 'clock-wrong',
    kind: 'clock-wrong',
    severity: 'warning',
    finding: isPlausibleTime(nowMs) && !isBehind ? 'good' : 'bad',
    ...clockWords(isPlausibleTime(nowMs) ? 'behind' : 'impossible', on),
  };
}
