/** Results by model, and what their chart shows. Separate and pure: one result, many, and none are table tests. */
import type { BenchmarkResult } from '@b3iq/wire/local-api';

export interface Measured {
  readonly model: string;
  readonly latest: BenchmarkResult;
  /** Oldest first, the latest included. */
  readonly history: readonly BenchmarkResult[];
}

/** Models in the order of their newest results. @param runs  newest first, as the machine tells them */
export function byModel(runs: readonly BenchmarkResult[]): readonly Measured[] {
  const groups = new Map<string, BenchmarkResult[]>();
  for (const run of runs) groups.set(run.model, [run, ...(groups.get(run.model) ?? [])]);
  return [...groups].flatMap(([model, history]) => {
    const latest = history.at(-1);
    return latest === undefined ? [] : [{ model, latest, history }];
  });
}

/** By how much the speed differs from the time before, in whole percent; undefined without a time before. */
export function changePercent(history: readonly BenchmarkResult[]): number | undefined {
  const [before, now] = history.slice(-2).map((run) => run.decode_tokens_per_second);
  if (before === undefined || now === undefined || before === 0) return undefined;
  return Math.round((now / before - 1) * 100);
}
