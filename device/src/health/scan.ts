/** Measures the machine with systeminformation, within a bound of time, and remembers the answer for a minute. */
import { statfs } from 'node:fs/promises';
import type { HardwareScan } from '@b3iq/wire/local-api';
import si from 'systeminformation';
import type { Clock } from '../os/clock.ts';
import { bounded } from './bounded.ts';
import { judgeHardware } from './judge.ts';
import type { EngineReading, Readings } from './types.ts';

/** Looking graphics cards up starts other programs; what has not answered by then is left out. */
const LIMIT_MS = 4_000;
const FRESH_MS = 60_000;

/** Processor cores that are real, not threads of one; at least 1. */
export async function physicalCores(): Promise<number> {
  const { physicalCores: real, cores } = await si.cpu();
  return Math.max(1, real || cores);
}

/** Measures once. */
export type ReadHardware = () => Promise<Readings>;

/** Readings of this machine; `stateDir` names the disk that matters. Never throws. */
export function hardwareReader(stateDir: string, limitMs: number = LIMIT_MS): ReadHardware {
  return async () => {
    const [cpu, memory, disk, graphics] = await Promise.all([
      bounded(si.cpu(), limitMs),
      bounded(si.mem(), limitMs),
      bounded(statfs(stateDir), limitMs),
      bounded(si.graphics(), limitMs),
    ]);
    return {
      processor:
        cpu === undefined
          ? undefined
          : { model: cpu.brand, cores: Math.max(1, cpu.physicalCores || cpu.cores) },
      memoryBytes: memory?.total,
      diskFreeBytes: disk === undefined ? undefined : disk.bavail * disk.bsize,
      graphics: graphics?.controllers.filter(isUsable).map(({ model, vram }) => ({
        model,
        memoryBytes: typeof vram === 'number' && vram > 0 ? vram * 1024 * 1024 : undefined,
      })),
    };
  };
}

/** Screens of virtual machines and remote consoles compute nothing. */
function isUsable({ model, vendor }: { readonly model: string; readonly vendor: string }): boolean {
  return (
    /nvidia|amd|radeon|intel|arc|apple|mali|adreno/i.test(`${vendor} ${model}`) &&
    !/aspeed|matrox/i.test(model)
  );
}

/**
 * The hardware scan: slow readings at most once a minute and shared by all who ask, engine and clock always fresh.
 * @param engine  the engine's state now
 */
export function hardwareScan(deps: {
  readonly read: ReadHardware;
  readonly engine: () => EngineReading;
  readonly clock: Clock;
}): () => Promise<HardwareScan> {
  let readings: Promise<Readings> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = deps.clock.monotonicMs();
    if (readings === undefined || now - readAtMs > FRESH_MS) {
      readings = deps.read();
      readAtMs = now;
    }
    return judgeHardware(await readings, deps.engine(), deps.clock.now());
  };
}
