/** A minute of the machine as it is remembered. Pure data. */
import type { HealthSeriesId } from '@b3iq/wire/local-api';

export type GpuSeriesId = Extract<HealthSeriesId, `gpu_${string}`>;
export type MachineSeriesId = Exclude<HealthSeriesId, GpuSeriesId>;

/** Values by series, in the series' own unit; one that is not there could not be read, or there was nothing to count. */
export interface Sample {
  /** Whole minutes since 1970, the minute that had begun when it was taken. */
  readonly minute: number;
  readonly machine: Readonly<Partial<Record<MachineSeriesId, number>>>;
  /** At most `MAX_GPUS_KEPT`. */
  readonly gpus: readonly GpuSample[];
}
export interface GpuSample {
  /** PCI address such as `0000:03:00.0`. */
  readonly id: string;
  readonly values: Readonly<Partial<Record<GpuSeriesId, number>>>;
}

/** Seven days. */
export const HISTORY_MINUTES = 7 * 24 * 60;
/** What a record has room for; the largest machine of the range has four cards. */
export const MAX_GPUS_KEPT = 8;
