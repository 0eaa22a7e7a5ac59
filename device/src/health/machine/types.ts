/** The machine as it was read. Pure data; `undefined` is "not readable", which is never zero. */
import type { GpuReading } from '../gpu/types.ts';

export interface CpuHeat {
  /** The hottest of its sensors. */
  readonly temperatureC: number | undefined;
  /** Where the maker calls it critical. */
  readonly criticalC: number | undefined;
}

export interface MachineReading {
  /** `loadPercent`: 0–100, all cores together, since the reading before. */
  readonly cpu: CpuHeat & { readonly loadPercent: number | undefined };
  readonly memory: { readonly usedBytes: number; readonly totalBytes: number };
  /** Of the disk that holds the state folder: free for this user, and all of it. */
  readonly disk: { readonly freeBytes: number | undefined; readonly totalBytes: number | undefined };
  /** `undefined`: could not be looked up; empty: there are none. */
  readonly gpus: readonly GpuReading[] | undefined;
}
