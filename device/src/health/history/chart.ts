/** Minutes to the lines of a chart: as many points as asked for, mean and peak of each step. Pure; separate so that pages only draw. */
import type { HealthSeries, HealthSeriesId } from '@b3iq/wire/local-api';
import type { Sample } from './types.ts';

export interface Chart {
  /** The first minute of the first step. */
  readonly fromMinute: number;
  readonly stepMinutes: number;
  readonly series: readonly HealthSeries[];
}

interface Line {
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
  readonly peaks: Float64Array;
}

export interface ChartWindow {
  /** In the last step. */
  readonly upToMinute: number;
  /** ≥ 1. */
  readonly minutes: number;
  /** The most steps there may be, ≥ 1. */
  readonly points: number;
}

/** Takes minutes in any order and portions, so that a week of them need not be gone through at once. */
export class ChartBuilder {
  readonly fromMinute: number;
  readonly stepMinutes: number;
  readonly #steps: number;
  /** Lines by card (the machine's own under `null`), then by series. */
  readonly #lines = new Map<string | null, Map<string, Line>>([[null, new Map()]]);

  constructor({ upToMinute, minutes, points }: ChartWindow) {
    this.stepMinutes = Math.ceil(minutes / points);
    this.#steps = Math.ceil(minutes / this.stepMinutes);
    this.fromMinute = upToMinute + 1 - this.#steps * this.stepMinutes;
  }

  add(samples: readonly Sample[]): void {
    for (const { minute, machine, gpus } of samples) {
      const step = Math.floor((minute - this.fromMinute) / this.stepMinutes);
      if (step < 0 || step >= this.#steps) continue;
      this.#addAll(step, null, machine);
      for (const { id, values } of gpus) this.#addAll(step, id, values);
    }
  }

  /** Series with at least one value, the machine's own first, then card by card. */
  chart(): Chart {
    const cards = [...this.#lines].toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
    const series = cards.flatMap(([gpu, lines]) =>
      [...lines].map(([id, { sums, counts, peaks }]) => ({
        id: id as HealthSeriesId, // the keys of a sample are ids of series; `for in` forgets it
        gpu,
        mean: Array.from(counts, (count, step) => (count === 0 ? null : short((sums[step] ?? 0) / count))),
        max: Array.from(counts, (count, step) => (count === 0 ? null : short(peaks[step] ?? 0))),
      })),
    );
    return { fromMinute: this.fromMinute, stepMinutes: this.stepMinutes, series };
  }

  #addAll(step: number, gpu: string | null, values: Readonly<Record<string, number>>): void {
    let lines = this.#lines.get(gpu);
    if (lines === undefined) {
      lines = new Map();
      this.#lines.set(gpu, lines);
    }
    for (const id in values) {
      const value = values[id] ?? 0;
      let line = lines.get(id);
      if (line === undefined) {
        line = {
          sums: new Float64Array(this.#steps),
          counts: new Uint32Array(this.#steps),
          peaks: new Float64Array(this.#steps).fill(Number.NEGATIVE_INFINITY),
        };
        lines.set(id, line);
      }
      line.sums[step] = (line.sums[step] ?? 0) + value;
      line.counts[step] = (line.counts[step] ?? 0) + 1;
      line.peaks[step] = Math.max(line.peaks[step] ?? value, value);
    }
  }
}

/** The chart of what is at hand. */
export function chartOf(samples: readonly Sample[], window: ChartWindow): Chart {
  const builder = new ChartBuilder(window);
  builder.add(samples);
  return builder.chart();
}

/** Three decimals: more is noise, and ten thousand of them are sent. */
const short = (value: number): number => Math.round(value * 1000) / 1000;
