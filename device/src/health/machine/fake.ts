/** A machine's readings by rule. Separate so that judges, charts and pages can be tried on any machine. */
import { fakeGpu, silentGpu } from '../gpu/fake.ts';
import type { MachineReading } from './types.ts';

/** A machine that is well; every part may be said otherwise. */
export function fakeMachineReading(rest: Partial<MachineReading> = {}): MachineReading {
  return {
    cpu: { temperatureC: 48.5, criticalC: 100, loadPercent: 21 },
    memory: { usedBytes: 9 * 1024 ** 3, totalBytes: 64 * 1024 ** 3 },
    disk: { freeBytes: 600 * 1000 ** 3, totalBytes: 1_000 * 1000 ** 3 },
    gpus: [fakeGpu(), silentGpu],
    ...rest,
  };
}
