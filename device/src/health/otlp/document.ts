/**
 * The counts of calls as one OTLP/JSON metrics request. Pure; separate from sending it, so that what leaves is read in
 * one place: model names and counts, no prompt, no answer, no key, no caller, no address.
 * Names, units and attributes are OpenTelemetry's conventions for generative AI; 64-bit numbers are strings, as
 * protobuf's JSON wants them.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (1.x)
 * @see https://github.com/open-telemetry/semantic-conventions-genai, metrics (status: development)
 */
import type { CallCounts, Histogram } from '../traffic/types.ts';

export interface OtlpSource {
  readonly version: string;
  /** Tells the collector's machines apart; left out while there is none. */
  readonly nodeId: string | undefined;
  readonly calls: readonly CallCounts[];
  /** Unix ms since when these counts count, and now. */
  readonly startMs: number;
  readonly nowMs: number;
}

/** `AggregationTemporality` 2: each request tells all since the start, so that one that is lost loses nothing. */
const CUMULATIVE = 2;

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}
interface Counted {
  readonly attributes: readonly Attribute[];
  readonly histogram: Histogram;
}

/** Body of `POST …/v1/metrics`; a metric nobody has counted for yet is left out. */
export function otlpRequest({ version, nodeId, calls, startMs, nowMs }: OtlpSource): object {
  const times = { startTimeUnixNano: nanos(startMs), timeUnixNano: nanos(nowMs) };
  const metric = (name: string, unit: string, counted: readonly Counted[]) => {
    const points = counted.filter(({ histogram }) => total(histogram) > 0);
    if (points.length === 0) return [];
    const dataPoints = points.map(({ attributes, histogram }) => ({
      attributes,
      ...times,
      count: String(total(histogram)),
      sum: histogram.sum,
      bucketCounts: histogram.counts.map(String),
      explicitBounds: histogram.bounds,
    }));
    return [{ name, unit, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } }];
  };
  const each = (of: (counts: CallCounts) => Histogram): readonly Counted[] =>
    calls.map((counts) => ({ attributes: attributesOf(counts), histogram: of(counts) }));
  const tokens = calls.flatMap((counts) => [
    {
      attributes: [...attributesOf(counts), attribute('gen_ai.token.type', 'input')],
      histogram: counts.promptTokens,
    },
    {
      attributes: [...attributesOf(counts), attribute('gen_ai.token.type', 'output')],
      histogram: counts.completionTokens,
    },
  ]);
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            attribute('service.name', 'b3iq'),
            attribute('service.version', version),
            ...(nodeId === undefined ? [] : [attribute('service.instance.id', nodeId)]),
          ],
        },
        scopeMetrics: [
          {
            scope: { name: 'b3iq', version },
            metrics: [
              ...metric(
                'gen_ai.server.request.duration',
                's',
                each((counts) => counts.durationS),
              ),
              ...metric(
                'gen_ai.server.time_to_first_token',
                's',
                each((counts) => counts.firstTokenS),
              ),
              ...metric(
                'gen_ai.server.time_per_output_token',
                's',
                each((counts) => counts.perTokenS),
              ),
              ...metric('gen_ai.client.token.usage', '{token}', tokens),
            ],
          },
        ],
      },
    ],
  };
}

function attributesOf({ operation, model, errorType }: CallCounts): readonly Attribute[] {
  return [
    attribute('gen_ai.operation.name', operation),
    attribute('gen_ai.provider.name', 'b3iq'),
    attribute('gen_ai.request.model', model),
    ...(errorType === undefined ? [] : [attribute('error.type', errorType)]),
  ];
}

const attribute = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
const total = ({ counts }: Histogram): number => counts.reduce((sum, count) => sum + count, 0);
const nanos = (ms: number): string => `${BigInt(Math.floor(ms)) * 1_000_000n}`;
