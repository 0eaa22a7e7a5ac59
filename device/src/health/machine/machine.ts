/**
 * Reads this machine: heat, load, memory, disk, graphics cards. Separate from the hardware scan, which is asked once in
 * a while and may start programs; this runs every minute beside the answers and does not.
 */
import { readdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import si from 'systeminformation';
import { bounded, oneAtATime } from '../bounded.ts';
import { drmCards, readSensors, readText } from '../gpu/drm/sysfs.ts';
import { nvidiaSmi } from '../gpu/nvidia/nvidia-smi.ts';
import { mergeGpus } from '../gpu/plan.ts';
import type { ReadGpus } from '../gpu/port.ts';
import { parseCpuHeat } from './parse.ts';
import type { ReadMachine } from './port.ts';
import type { CpuHeat } from './types.ts';

const LIMIT_MS = 3_000;
const NO_HEAT: CpuHeat = { temperatureC: undefined, criticalC: undefined };

/** Cards of the kernel and of NVIDIA's tool. */
export function systemGpus(sys = '/sys'): ReadGpus {
  const kernel = drmCards(sys);
  const tool = nvidiaSmi();
  return async () => mergeGpus(...(await Promise.all([kernel(), tool()])));
}

/**
 * @param stateDir  names the disk that matters
 * @param sys  where sysfs is mounted
 */
export function machineReader(
  stateDir: string,
  { gpus = systemGpus(), sys = '/sys' }: { readonly gpus?: ReadGpus; readonly sys?: string } = {},
): ReadMachine {
  const heat = oneAtATime(() => readHeat(sys), LIMIT_MS);
  const disk = oneAtATime(() => statfs(stateDir), LIMIT_MS);
  return async () => {
    const [cpu, load, space, cards] = await Promise.all([
      heat(),
      bounded(si.currentLoad(), LIMIT_MS),
      disk(),
      gpus(),
    ]);
    const total = totalmem();
    const loadPercent = load?.currentLoad;
    return {
      cpu: {
        ...(cpu ?? NO_HEAT),
        loadPercent: Number.isFinite(loadPercent) ? loadPercent : undefined,
      },
      memory: { usedBytes: total - process.availableMemory(), totalBytes: total },
      disk: {
        freeBytes: space === undefined ? undefined : space.bavail * space.bsize,
        totalBytes: space === undefined ? undefined : space.blocks * space.bsize,
      },
      gpus: cards,
    };
  };
}

/** On Linux from the kernel's files: systeminformation would start a shell and wait for it, every minute. */
async function readHeat(sys: string): Promise<CpuHeat> {
  if (process.platform !== 'linux') {
    const { main } = await si.cpuTemperature();
    return { ...NO_HEAT, temperatureC: main !== null && main > 0 ? main : undefined };
  }
  const folder = join(sys, 'class', 'hwmon');
  const names = (await readdir(folder)).filter((name) => /^hwmon\d{1,3}$/.test(name)).slice(0, 64);
  const monitors = await Promise.all(
    names.map(async (name) => ({
      name: (await readText(join(folder, name, 'name'))) ?? '',
      files: await readSensors(join(folder, name), /^temp\d{1,2}_(?:input|label|crit)$/),
    })),
  );
  return parseCpuHeat(monitors);
}
