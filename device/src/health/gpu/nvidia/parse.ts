/**
 * What `nvidia-smi` prints to readings of graphics cards. Pure; separate from running it. Its output is hostile, and it
 * is not promised to stay the same over versions: a line that does not fit is no card, a field that does not is unread.
 */
import type { ThrottleCause } from '@b3iq/wire/local-api';
import {
  cardUuid,
  causesIn,
  celsiusIn,
  MOST_BYTES,
  numberIn,
  pciAddress,
  printableName,
  wattsIn,
} from '../parse.ts';
import { type GpuReading, MAX_GPUS } from '../types.ts';

const MIB = 1024 * 1024;

/**
 * What is asked of `nvidia-smi --query-gpu`, in this order. The name is last: it alone may hold a comma.
 * `--format=csv,noheader,nounits` leaves MiB, W, °C, MHz and percent. @see nvidia-smi(1), `nvidia-smi --help-query-gpu`
 */
export function nvidiaFields(reasons: 'clocks_event_reasons' | 'clocks_throttle_reasons'): readonly string[] {
  return [
    'pci.bus_id',
    'memory.total',
    'memory.used',
    'utilization.gpu',
    'clocks.sm',
    'temperature.gpu',
    'power.draw',
    'power.limit',
    `${reasons}.active`,
    'uuid',
    'name',
  ];
}

/**
 * The table `nvidia-smi` prints for `nvidiaFields`; lines that are none are skipped.
 * @see nvidia-smi(1): "N/A" in brackets is not an error
 */
export function parseNvidiaSmi(text: string): readonly GpuReading[] {
  const found: GpuReading[] = [];
  for (const line of text.split('\n')) {
    const [address, total, used, busy, clock, temperature, power, limit, reasons, uuid, ...name] =
      line.split(',');
    const id = pciAddress(address);
    if (id === undefined || name.length === 0 || found.some((gpu) => gpu.id === id)) continue;
    found.push({
      id,
      uuid: cardUuid(uuid),
      vendor: 'nvidia',
      name: printableName(name.join(','), 'NVIDIA graphics card'),
      driver: 'nvidia',
      memoryTotalBytes: mebibytesIn(total, 1),
      memoryUsedBytes: mebibytesIn(used, 0),
      busyPercent: numberIn(busy, 0, 100),
      clockMhz: numberIn(clock, 0, 20_000),
      temperatureC: celsiusIn(temperature),
      hotspotC: undefined,
      criticalC: undefined,
      powerW: wattsIn(power),
      powerLimitW: wattsIn(limit),
      throttled: parseNvidiaReasons(reasons),
    });
    if (found.length === MAX_GPUS) break;
  }
  return found;
}

/**
 * Bits of `clocks_event_reasons.active`: software and hardware thermal slowdown, power brake, power cap.
 * "HW slowdown" (0x8) alone says not why, and is also reported while a clock changes: it counts for nothing.
 * @see NVML API reference, NvmlClocksEventReasons
 */
export function parseNvidiaReasons(text: string | undefined): readonly ThrottleCause[] | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^0x[0-9a-f]{1,16}$/i.test(trimmed)) return undefined;
  return causesIn(BigInt(trimmed), { heat: 0x60n, supply: 0x80n, limit: 0x4n });
}

function mebibytesIn(text: string | undefined, least: number): number | undefined {
  const value = numberIn(text, least, MOST_BYTES / MIB);
  return value === undefined ? undefined : value * MIB;
}
