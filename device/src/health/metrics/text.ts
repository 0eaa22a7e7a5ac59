/**
 * Metrics in Prometheus' text format 0.0.4. Separate so that the rules of the format are kept in one place. Label values
 * are other people's words: the names of models and cards.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { Histogram } from '../traffic/types.ts';

/** Of an answer in this format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;
export interface Sample {
  readonly labels?: Labels;
  /** `undefined` and NaN are left out: what cannot be read has no sample. */
  readonly value: number | undefined;
}
/** One family; names and label names are ours and fit the format. */
export type Metric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | {
      readonly type: 'histogram';
      readonly histograms: readonly { readonly labels: Labels; readonly histogram: Histogram }[];
    }
);

/** Every family that has a sample, each in one piece, ending with a line feed. */
export function renderMetrics(metrics: readonly Metric[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const samples =
      metric.type === 'histogram' ? metric.histograms.flatMap(linesOfHistogram(metric.name)) : [];
    if (metric.type !== 'histogram')
      for (const { labels = {}, value } of metric.samples)
        if (value !== undefined && !Number.isNaN(value)) samples.push(line(metric.name, labels, value));
    if (samples.length === 0) continue;
    const help = metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    lines.push(`# HELP ${metric.name} ${help}`, `# TYPE ${metric.name} ${metric.type}`, ...samples);
  }
  return lines.map((text) => `${text}\n`).join('');
}

/** Buckets count everything up to their bound; the last is all. */
function linesOfHistogram(name: string) {
  return ({ labels, histogram }: { readonly labels: Labels; readonly histogram: Histogram }): string[] => {
    const { bounds, counts, sum } = histogram;
    let count = 0;
    const buckets = counts.map((own, index) => {
      count += own;
      const le = bounds[index];
      return line(`${name}_bucket`, { ...labels, le: le === undefined ? '+Inf' : String(le) }, count);
    });
    return count === 0
      ? []
      : [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
  };
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const number =
    value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
