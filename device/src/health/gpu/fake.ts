/** Graphics cards by rule, for tests and for pages while they are made. Separate so that no test needs a card. */
import type { ReadGpus } from './port.ts';
import type { GpuReading } from './types.ts';

/** A card that is well; every field may be said otherwise. */
export function fakeGpu(rest: Partial<GpuReading> = {}): GpuReading {
  return {
    id: '0000:03:00.0',
    uuid: 'GPU-8f2a17c05d3e9b41',
    vendor: 'amd',
    name: 'AMD Radeon AI PRO R9700',
    driver: 'amdgpu',
    memoryTotalBytes: 32 * 1024 ** 3,
    memoryUsedBytes: 20 * 1024 ** 3,
    busyPercent: 64,
    clockMhz: 2_350,
    temperatureC: 61,
    hotspotC: 74,
    criticalC: 110,
    powerW: 212.5,
    powerLimitW: 300,
    throttled: [],
    ...rest,
  };
}

/** One that tells only that it is there. */
export const silentGpu: GpuReading = {
  id: '0000:41:00.0',
  uuid: undefined,
  vendor: 'nvidia',
  name: 'NVIDIA graphics 2b85',
  driver: 'nouveau',
  memoryTotalBytes: undefined,
  memoryUsedBytes: undefined,
  busyPercent: undefined,
  clockMhz: undefined,
  temperatureC: undefined,
  hotspotC: undefined,
  criticalC: undefined,
  powerW: undefined,
  powerLimitW: undefined,
  throttled: undefined,
};

/** `set` changes what is read from now on. */
export function fakeGpus(first: readonly GpuReading[] | 'unreadable' = [fakeGpu(), silentGpu]): {
  readonly read: ReadGpus;
  set(gpus: readonly GpuReading[] | 'unreadable'): void;
} {
  let now = first;
  return {
    read: async () => (now === 'unreadable' ? undefined : now),
    set: (gpus) => {
      now = gpus;
    },
  };
}
