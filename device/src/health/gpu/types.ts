/** A graphics card as it was read. Pure data; `undefined` is "not readable", which is never zero. */
import type { ThrottleCause } from '@b3iq/wire/local-api';

export const GPU_VENDORS = ['amd', 'intel', 'nvidia'] as const;
export type GpuVendor = (typeof GPU_VENDORS)[number];

export interface GpuReading {
  /** PCI address in the kernel's form, lower case: `0000:03:00.0`. */
  readonly id: string;
  /** What its maker's runtime calls it, wherever it is plugged in: `GPU-` and hex digits. Never leaves the machine. */
  readonly uuid: string | undefined;
  readonly vendor: GpuVendor;
  /** 1–80 printable characters. */
  readonly name: string;
  readonly driver: string | undefined;
  readonly memoryTotalBytes: number | undefined;
  readonly memoryUsedBytes: number | undefined;
  /** 0–100. */
  readonly busyPercent: number | undefined;
  readonly clockMhz: number | undefined;
  readonly temperatureC: number | undefined;
  readonly hotspotC: number | undefined;
  readonly criticalC: number | undefined;
  readonly powerW: number | undefined;
  readonly powerLimitW: number | undefined;
  readonly throttled: readonly ThrottleCause[] | undefined;
}

/** More cards than any machine this runs in has; what is beyond is left out. */
export const MAX_GPUS = 16;
