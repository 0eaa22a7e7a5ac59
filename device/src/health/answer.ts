/** Readings and warnings as pages get them: what could not be read is `null`. Separate so that only one file knows both sides. */
import type { EngineHealth, GpuHealth, HealthAlert, HealthAnswer } from '@b3iq/wire/local-api';
import type { Held } from './alerts/types.ts';
import type { GpuReading } from './gpu/types.ts';
import type { MachineReading } from './machine/types.ts';

/** @param rest  what is no reading     @param nowMs  Unix ms of the reading */
export function healthAnswer(
  { cpu, memory, disk, gpus }: MachineReading,
  nowMs: number,
  rest: {
    readonly diskDaysLeft: number | undefined;
    readonly engines: readonly EngineHealth[];
    readonly activeRequests: number;
    readonly queuedRequests: number;
    readonly tokensPerSecond: number | undefined;
    readonly firstTokenMs: number | undefined;
  },
): HealthAnswer {
  return {
    at: new Date(nowMs).toISOString(),
    cpu: {
      temperature_c: tenth(cpu.temperatureC),
      critical_c: tenth(cpu.criticalC),
      load_percent: tenth(cpu.loadPercent),
    },
    memory: { used_bytes: memory.usedBytes, total_bytes: memory.totalBytes },
    disk: {
      free_bytes: disk.freeBytes ?? null,
      total_bytes: disk.totalBytes ?? null,
      days_left: tenth(rest.diskDaysLeft),
    },
    gpus: gpus?.map(gpuAnswer) ?? null,
    engines: rest.engines,
    traffic: {
      active_requests: rest.activeRequests,
      queued_requests: rest.queuedRequests,
      tokens_per_second: tenth(rest.tokensPerSecond),
      first_token_ms: tenth(rest.firstTokenMs),
    },
  };
}

function gpuAnswer(gpu: GpuReading): GpuHealth {
  return {
    id: gpu.id,
    vendor: gpu.vendor,
    name: gpu.name,
    driver: gpu.driver ?? null,
    memory_total_bytes: gpu.memoryTotalBytes ?? null,
    memory_used_bytes: gpu.memoryUsedBytes ?? null,
    busy_percent: gpu.busyPercent ?? null,
    clock_mhz: gpu.clockMhz ?? null,
    temperature_c: tenth(gpu.temperatureC),
    hotspot_c: tenth(gpu.hotspotC),
    critical_c: tenth(gpu.criticalC),
    power_w: tenth(gpu.powerW),
    power_limit_w: tenth(gpu.powerLimitW),
    throttled: gpu.throttled ?? null,
  };
}

/** @param held  one that has been raised */
export function alertAnswer({ verdict, raisedAtMs = 0, goneAtMs, times }: Held): HealthAlert {
  const { id, kind, severity, title, meaning, action } = verdict;
  return {
    id,
    kind,
    severity,
    title,
    meaning,
    action,
    raised_at: new Date(raisedAtMs).toISOString(),
    gone_at: goneAtMs === undefined ? null : new Date(goneAtMs).toISOString(),
    times,
  };
}

/** One decimal: no sensor knows more. */
const tenth = (value: number | undefined): number | null =>
  value === undefined ? null : Math.round(value * 10) / 10;
