/**
 * Reads the cards the kernel's graphics drivers show below `/sys/class/drm`: amdgpu in full, others what they have.
 * Separate from `parse.ts`, which knows what the files mean. Only reads; a card that sleeps answers an error and stays asleep.
 */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { oneAtATime } from '../../bounded.ts';
import type { ReadGpus } from '../port.ts';
import { type GpuReading, MAX_GPUS } from '../types.ts';
import { parseDrmCard } from './parse.ts';

const LIMIT_MS = 3_000;
/** sysfs gives a page at most. */
const PAGE_BYTES = 4_096;
/** Of a card's hwmon folder; others (fans, voltages) are not read. */
const HWMON_FILES = /^(?:temp\d{1,2}_(?:input|label|crit)|power1_(?:average|input|cap))$/;

/** @param sys  where sysfs is mounted */
export function drmCards(sys = '/sys', limitMs: number = LIMIT_MS): ReadGpus {
  return oneAtATime(async () => {
    const folder = join(sys, 'class', 'drm');
    const names = (await namesIn(folder)).filter((name) => /^card\d{1,3}$/.test(name)).slice(0, 4 * MAX_GPUS);
    const cards = await Promise.all(names.map((name) => readCard(join(folder, name, 'device'))));
    return cards
      .filter((card) => card !== undefined)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, MAX_GPUS);
  }, limitMs);
}

/** A kernel that runs without any graphics driver has no such folder: that is no card, not an unread one. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const among = await readdir(join(folder, '..'));
  return among.includes('drm') ? readdir(folder) : [];
}

async function readCard(device: string): Promise<GpuReading | undefined> {
  const text = (name: string) => readText(join(device, name));
  const [uevent, productName, uniqueId, vramTotal, vramUsed, busyPercent, dpmClock, gpuMetrics, hwmon] =
    await Promise.all([
      text('uevent'),
      text('product_name'),
      text('unique_id'),
      text('mem_info_vram_total'),
      text('mem_info_vram_used'),
      text('gpu_busy_percent'),
      text('pp_dpm_sclk'),
      readPage(join(device, 'gpu_metrics')),
      readHwmon(join(device, 'hwmon')),
    ]);
  return parseDrmCard({
    uevent,
    productName,
    uniqueId,
    vramTotal,
    vramUsed,
    busyPercent,
    dpmClock,
    gpuMetrics,
    hwmon,
  });
}

/** The sensors of the first (and only) hwmon of a device. */
async function readHwmon(folder: string): Promise<ReadonlyMap<string, string>> {
  const name = (await readdir(folder).catch(() => [])).find((entry) => /^hwmon\d{1,3}$/.test(entry));
  return name === undefined ? new Map() : readSensors(join(folder, name), HWMON_FILES);
}

/** The files of one hwmon folder whose names match, as text. */
export async function readSensors(folder: string, wanted: RegExp): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => wanted.test(name)).slice(0, 64);
  const texts = await Promise.all(names.map((name) => readText(join(folder, name))));
  return new Map(names.flatMap((name, i): [string, string][] => [[name, texts[i] ?? '']]));
}

/** A file of one page as text; undefined when there is none or its driver will not say. */
export async function readText(path: string): Promise<string | undefined> {
  return (await readPage(path))?.toString('utf8');
}

async function readPage(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // most drivers have only some of these files
  }
}
