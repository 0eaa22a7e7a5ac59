/** Which source counts for which card. Pure; separate because neither source knows the other. */
import { type GpuReading, MAX_GPUS } from './types.ts';

/**
 * Cards of the kernel and of nvidia-smi as one list. The tool knows more of the same card, so it wins.
 * @param tool  undefined when it is not there
 */
export function mergeGpus(
  kernel: readonly GpuReading[] | undefined,
  tool: readonly GpuReading[] | undefined,
): readonly GpuReading[] | undefined {
  if (kernel === undefined && tool === undefined) return undefined;
  const byId = new Map((kernel ?? []).map((gpu) => [gpu.id, gpu]));
  for (const gpu of tool ?? []) byId.set(gpu.id, gpu);
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MAX_GPUS);
}
