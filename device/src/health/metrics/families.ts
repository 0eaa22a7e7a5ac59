/**
 * Every metric of the machine, in one list. Separate so that what `/metrics` tells can be read at a glance: no prompt, no
 * key, no caller and no address is in it. Base units, names with their unit, `_total` for what only grows.
 *
 * `gen_ai_*` are OpenTelemetry's conventions for generative AI, named as its rules for Prometheus name them:
 * `gen_ai.server.request.duration` (s) becomes `gen_ai_server_request_duration_seconds`, and attributes become labels.
 * @see https://prometheus.io/docs/practices/naming/
 * @see https://github.com/open-telemetry/semantic-conventions-genai (status: development)
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
import type { EngineHealth, HealthAlertKind } from '@b3iq/wire/local-api';
import type { GpuReading } from '../gpu/types.ts';
import type { MachineReading } from '../machine/types.ts';
import type { CallCounts, Histogram } from '../traffic/types.ts';
import type { Metric, Sample } from './text.ts';

export interface MetricsSource {
  readonly version: string;
  readonly kind: 'host' | 'appliance';
  readonly uptimeS: number;
  readonly machine: MachineReading;
  readonly engines: readonly EngineHealth[];
  readonly activeRequests: number;
  readonly queuedRequests: number;
  readonly calls: readonly CallCounts[];
  /** Kinds of the warnings that stand, one for each. */
  readonly alerts: readonly HealthAlertKind[];
}

const STATES: readonly EngineHealth['state'][] = ['stopped', 'starting', 'ready', 'restarting', 'failed'];

export function metricsOf(from: MetricsSource): readonly Metric[] {
  return [
    ...machineMetrics(from),
    ...gpuMetrics(from.machine.gpus ?? []),
    ...engineMetrics(from),
    ...genAiMetrics(from),
  ];
}

const gauge = (name: string, help: string, ...samples: readonly Sample[]): Metric => ({
  name,
  help,
  type: 'gauge',
  samples,
});
const ratio = (percent: number | undefined): number | undefined =>
  percent === undefined ? undefined : percent / 100;

function machineMetrics({ version, kind, uptimeS, machine, alerts }: MetricsSource): readonly Metric[] {
  const { cpu, memory, disk } = machine;
  return [
    gauge('b3iq_info', 'Version and kind of this machine; always 1.', {
      labels: { version, kind },
      value: 1,
    }),
    gauge('b3iq_uptime_seconds', 'Time since the agent started.', { value: uptimeS }),
    gauge('b3iq_cpu_temperature_celsius', 'Hottest sensor of the processor.', { value: cpu.temperatureC }),
    gauge('b3iq_cpu_load_ratio', 'Work of all cores together, 0 to 1.', { value: ratio(cpu.loadPercent) }),
    gauge('b3iq_memory_used_bytes', 'Memory that is not available to programs.', { value: memory.usedBytes }),
    gauge('b3iq_memory_size_bytes', 'Memory of the machine.', { value: memory.totalBytes }),
    gauge('b3iq_disk_free_bytes', 'Free space of the disk with models and receipts.', {
      value: disk.freeBytes,
    }),
    gauge('b3iq_disk_size_bytes', 'Size of the disk with models and receipts.', { value: disk.totalBytes }),
    gauge(
      'b3iq_alerts',
      'Warnings that stand now, by kind.',
      ...[...new Set(alerts)].map((kind) => ({
        labels: { kind },
        value: alerts.filter((each) => each === kind).length,
      })),
    ),
  ];
}

function gpuMetrics(gpus: readonly GpuReading[]): readonly Metric[] {
  const each = (name: string, help: string, value: (gpu: GpuReading) => number | undefined): Metric =>
    gauge(name, help, ...gpus.map((gpu) => ({ labels: { gpu: gpu.id }, value: value(gpu) })));
  return [
    gauge(
      'b3iq_gpu_info',
      'Each graphics card by its PCI address; always 1.',
      ...gpus.map(({ id, vendor, name, driver = '' }) => ({
        labels: { gpu: id, vendor, name, driver },
        value: 1,
      })),
    ),
    each('b3iq_gpu_memory_used_bytes', 'Memory of the card in use.', (gpu) => gpu.memoryUsedBytes),
    each('b3iq_gpu_memory_size_bytes', 'Memory of the card.', (gpu) => gpu.memoryTotalBytes),
    each('b3iq_gpu_busy_ratio', 'Share of time the card was at work, 0 to 1.', (gpu) =>
      ratio(gpu.busyPercent),
    ),
    each('b3iq_gpu_clock_hertz', 'Clock of the card’s cores.', (gpu) =>
      gpu.clockMhz === undefined ? undefined : gpu.clockMhz * 1e6,
    ),
    each('b3iq_gpu_temperature_celsius', 'Temperature of the card.', (gpu) => gpu.temperatureC),
    each('b3iq_gpu_hotspot_celsius', 'Temperature of the card’s hottest point.', (gpu) => gpu.hotspotC),
    each('b3iq_gpu_power_watts', 'Power the card takes.', (gpu) => gpu.powerW),
    each('b3iq_gpu_power_limit_watts', 'Power the card may take.', (gpu) => gpu.powerLimitW),
    gauge(
      'b3iq_gpu_throttled',
      'Whether the card is slowed, by cause; power_limit is ordinary under load.',
      ...gpus.flatMap(({ id, throttled }) =>
        (['heat', 'power-supply', 'power-limit'] as const).map((cause) => ({
          labels: { gpu: id, cause: cause.replace('-', '_') },
          value: throttled === undefined ? undefined : Number(throttled.includes(cause)),
        })),
      ),
    ),
  ];
}

function engineMetrics({ engines, activeRequests, queuedRequests }: MetricsSource): readonly Metric[] {
  return [
    gauge('b3iq_requests_active', 'Requests the engines work on.', { value: activeRequests }),
    gauge('b3iq_requests_queued', 'Requests that wait for an engine.', { value: queuedRequests }),
    gauge(
      'b3iq_engine_state',
      'State of each engine: 1 for the one it is in.',
      ...engines.flatMap(({ engine, model, state }) =>
        STATES.map((each) => ({ labels: { engine, model, state: each }, value: Number(each === state) })),
      ),
    ),
    {
      name: 'b3iq_engine_restarts_total',
      help: 'Times an engine ended without being told to, since the agent started.',
      type: 'counter',
      samples: engines.map(({ engine, model, restarts }) => ({ labels: { engine, model }, value: restarts })),
    },
  ];
}

function genAiMetrics({ calls }: MetricsSource): readonly Metric[] {
  const labels = ({ model, operation, errorType }: CallCounts) => ({
    gen_ai_operation_name: operation,
    gen_ai_provider_name: 'b3iq',
    gen_ai_request_model: model,
    ...(errorType === undefined ? {} : { error_type: errorType }),
  });
  const each = (name: string, help: string, histogram: (counts: CallCounts) => Histogram): Metric => ({
    name,
    help,
    type: 'histogram',
    histograms: calls.map((counts) => ({ labels: labels(counts), histogram: histogram(counts) })),
  });
  return [
    each(
      'gen_ai_server_request_duration_seconds',
      'From the request to the end of its answer.',
      (counts) => counts.durationS,
    ),
    each(
      'gen_ai_server_time_to_first_token_seconds',
      'From the request to the first byte of a streamed answer, waiting in line included.',
      (counts) => counts.firstTokenS,
    ),
    each(
      'gen_ai_server_time_per_output_token_seconds',
      'Per token of a streamed answer after the first.',
      (counts) => counts.perTokenS,
    ),
    {
      name: 'gen_ai_client_token_usage',
      help: 'Tokens of a request, as receipts count them.',
      type: 'histogram',
      histograms: calls.flatMap((counts) => [
        { labels: { ...labels(counts), gen_ai_token_type: 'input' }, histogram: counts.promptTokens },
        { labels: { ...labels(counts), gen_ai_token_type: 'output' }, histogram: counts.completionTokens },
      ]),
    },
  ];
}
