/** A minute's readings and counts as the history keeps them. Separate because it is the one list of what is kept. */
import type { GpuReading } from './gpu/types.ts';
import type { GpuSample, Sample } from './history/types.ts';
import type { MachineReading } from './machine/types.ts';
import type { MinuteOfCalls } from './traffic/types.ts';

/** @param minute  since 1970     @param peak  the most requests at once within it */
export function sampleOf(
  minute: number,
  { cpu, memory, disk, gpus = [] }: MachineReading,
  calls: MinuteOfCalls,
  peak: { readonly active: number; readonly queued: number },
): Sample {
  return {
    minute,
    machine: known({
      cpu_temperature_c: cpu.temperatureC,
      cpu_load_percent: cpu.loadPercent,
      memory_used_bytes: memory.usedBytes,
      disk_free_bytes: disk.freeBytes,
      requests_per_minute: calls.requests,
      failed_requests_per_minute: calls.failed,
      prompt_tokens_per_minute: calls.promptTokens,
      completion_tokens_per_minute: calls.completionTokens,
      tokens_per_second: calls.tokensPerSecond,
      first_token_ms: calls.firstTokenMs,
      active_requests: peak.active,
      queued_requests: peak.queued,
    }),
    gpus: gpus.map(gpuSample),
  };
}

function gpuSample(gpu: GpuReading): GpuSample {
  return {
    id: gpu.id,
    values: known({
      gpu_temperature_c: gpu.temperatureC,
      gpu_hotspot_c: gpu.hotspotC,
      gpu_power_w: gpu.powerW,
      gpu_busy_percent: gpu.busyPercent,
      gpu_memory_used_bytes: gpu.memoryUsedBytes,
      gpu_throttled_by_heat: gpu.throttled === undefined ? undefined : Number(gpu.throttled.includes('heat')),
    }),
  };
}

/** Without what could not be read. */
function known<Id extends string>(
  values: Readonly<Record<Id, number | undefined>>,
): Readonly<Partial<Record<Id, number>>> {
  const found: Partial<Record<Id, number>> = {};
  for (const id in values) {
    const value = values[id];
    if (value !== undefined) found[id] = value;
  }
  return found;
}
