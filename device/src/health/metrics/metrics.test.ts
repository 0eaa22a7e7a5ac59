import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testCall } from '../../receipts/test-call.ts';
import { silentGpu } from '../gpu/fake.ts';
import { fakeMachineReading } from '../machine/fake.ts';
import { Traffic } from '../traffic/traffic.ts';
import { type MetricsSource, metricsOf } from './families.ts';
import { readMetrics } from './read-metrics.ts';
import { renderMetrics } from './text.ts';

function source(rest: Partial<MetricsSource> = {}): MetricsSource {
  return {
    version: '0.1.0',
    kind: 'host',
    uptimeS: 12.5,
    machine: fakeMachineReading(),
    engines: [{ engine: 'm', model: 'm', state: 'ready', restarts: 2 }],
    activeRequests: 3,
    queuedRequests: 0,
    calls: [],
    alerts: [],
    ...rest,
  };
}
const read = (from: MetricsSource) => readMetrics(renderMetrics(metricsOf(from)));

/** Texts of what the format gives a meaning, and of what it does not. */
const odd = fc.string({ unit: fc.constantFrom(...'"\\\n\r\t {}=,#+é😀\u2028x1'), maxLength: 40 });

describe('the metrics of a machine', () => {
  it('are what was measured, in base units', () => {
    const families = read(source({ alerts: ['overheating', 'overheating', 'clock-wrong'] }));
    const value = (name: string, labels = {}) =>
      families.get(name)?.samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))
        ?.value;
    expect(value('b3iq_cpu_temperature_celsius')).toBe(48.5);
    expect(value('b3iq_cpu_load_ratio')).toBe(0.21);
    expect(value('b3iq_gpu_clock_hertz', { gpu: '0000:03:00.0' })).toBe(2.35e9);
    expect(value('b3iq_gpu_throttled', { gpu: '0000:03:00.0', cause: 'heat' })).toBe(0);
    expect(value('b3iq_engine_restarts_total', { engine: 'm', model: 'm' })).toBe(2);
    expect(value('b3iq_engine_state', { engine: 'm', model: 'm', state: 'ready' })).toBe(1);
    expect(value('b3iq_requests_queued')).toBe(0);
    expect(value('b3iq_alerts', { kind: 'overheating' })).toBe(2);
  });

  it('have no sample of what cannot be read, and no family without one', () => {
    const blind = read(
      source({
        machine: {
          cpu: { temperatureC: undefined, criticalC: undefined, loadPercent: undefined },
          memory: { usedBytes: 1, totalBytes: 2 },
          disk: { freeBytes: undefined, totalBytes: undefined },
          gpus: [silentGpu],
        },
      }),
    );
    for (const name of [
      'b3iq_cpu_temperature_celsius',
      'b3iq_disk_free_bytes',
      'b3iq_gpu_power_watts',
      'b3iq_alerts',
    ])
      expect(blind.has(name), name).toBe(false);
    expect(blind.get('b3iq_gpu_info')?.samples).toHaveLength(1);
    expect(read(source({ machine: fakeMachineReading({ gpus: undefined }) })).has('b3iq_gpu_info')).toBe(
      false,
    );
  });

  it('count calls under the names OpenTelemetry gives them', () => {
    const traffic = new Traffic();
    traffic.note(testCall({ durationMs: 640, firstTokenMs: 30, completionTokens: 31 }));
    traffic.note(testCall({ status: 'aborted', durationMs: 1_000, firstTokenMs: 90 }));
    const families = read(source({ calls: traffic.counts() }));
    const duration = families.get('gen_ai_server_request_duration_seconds')?.samples ?? [];
    const of = (name: string, labels: object) =>
      duration.find(
        (sample) =>
          sample.name.endsWith(name) && expect.objectContaining(labels).asymmetricMatch(sample.labels),
      );
    expect(of('_bucket', { le: '0.64' })?.value).toBe(1);
    expect(of('_bucket', { le: '0.32' })?.value).toBe(0);
    expect(of('_count', { error_type: 'aborted' })?.labels).toEqual({
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: 'b3iq',
      gen_ai_request_model: 'b3iq-selftest',
      error_type: 'aborted',
    });
    const usage = families.get('gen_ai_client_token_usage')?.samples ?? [];
    expect(
      usage.find(({ name, labels }) => name.endsWith('_sum') && labels.gen_ai_token_type === 'output')?.value,
    ).toBe(31);
    expect([...families.keys()].filter((name) => name.startsWith('gen_ai_'))).toEqual([
      'gen_ai_server_request_duration_seconds',
      'gen_ai_server_time_to_first_token_seconds',
      'gen_ai_server_time_per_output_token_seconds',
      'gen_ai_client_token_usage',
    ]);
  });

  it('follow Prometheus’ rules for names: a unit at the end, total for counters', () => {
    for (const metric of metricsOf(source())) {
      expect(metric.name).toMatch(/^(?:b3iq|gen_ai)_[a-z0-9_]+$/);
      expect(metric.name.endsWith('_total')).toBe(metric.type === 'counter');
      expect(metric.name).not.toMatch(/_(?:ms|percent|mb|gb|mhz|kb)(?:_|$)/);
    }
  });

  it('can be read again, whatever a model or a card is called', () => {
    fc.assert(
      fc.property(odd, fc.string(), (model, other) => {
        const histogram = { bounds: [1], counts: [2, 1], sum: 5 };
        const families = readMetrics(
          renderMetrics([
            { name: 'a', help: model, type: 'gauge', samples: [{ labels: { model, other }, value: 1 }] },
            { name: 'b', help: other, type: 'histogram', histograms: [{ labels: { model }, histogram }] },
          ]),
        );
        expect(families.get('a')?.samples[0]?.labels).toEqual({ model, other });
        expect(families.get('b')?.samples.at(-1)?.labels).toEqual({ model });
      }),
    );
  });
});

describe('the reader of the format', () => {
  it('refuses what a scraper refuses', () => {
    for (const text of [
      'a 1',
      'a 1\n',
      '# TYPE a gauge\nb 1\n',
      '# TYPE a gauge\na x\n',
      '# TYPE a gauge\na{b="1"} 1\na{b="1"} 2\n',
      '# TYPE a gauge\na{b="\n"} 1\n',
      '# TYPE a gauge\na 1\n# HELP a late\n',
      '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n',
      '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ])
      expect(() => readMetrics(text), text).toThrow();
    expect(readMetrics('').size).toBe(0);
  });
});
