/** What is measured in which order, how long the rest takes, and what it all comes to. Pure. */
import type { BenchmarkLevel } from '@b3iq/wire/local-api';
import type { Measured, Step, StepResult } from './types.ts';

/** Each number is the median of so many. */
export const ROUNDS = 3;
const LEVELS = [1, 2, 4, 8];

/** Steps for one model: warm once, then rounds of everything, so that a slow minute touches one reading of each.
 *  @param slots  answers the engine writes at once; levels beyond them would only measure waiting */
export function planSteps(slots: number): readonly Step[] {
  const round: readonly Step[] = [
    { kind: 'first-token', streams: 1 },
    { kind: 'prefill', streams: 1 },
    ...LEVELS.filter((streams) => streams <= slots).map((streams) => ({ kind: 'write' as const, streams })),
  ];
  return [{ kind: 'warm', streams: 1 }, ...Array.from({ length: ROUNDS }, () => round).flat()];
}

/** Seconds for `rest`: each step as long as its like took, or as all did; undefined before the first. */
export function secondsLeft(
  done: readonly { readonly step: Step; readonly ms: number }[],
  rest: readonly Step[],
): number | undefined {
  if (done.length === 0) return undefined;
  const mean = (all: readonly { readonly ms: number }[]) =>
    all.reduce((sum, { ms }) => sum + ms, 0) / all.length;
  let ms = 0;
  for (const step of rest) {
    const alike = done.filter((each) => each.step.kind === step.kind && each.step.streams === step.streams);
    ms += mean(alike.length > 0 ? alike : done);
  }
  return Math.ceil(ms / 1000);
}

export interface Figures {
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  readonly firstTokenMs: number;
  readonly concurrency: readonly BenchmarkLevel[];
}

/** Medians of everything; undefined when something was never measured, as when no answer is long enough. */
export function figuresOf(measured: readonly Measured[]): Figures | undefined {
  const of = (kind: Step['kind'], streams: number, what: keyof StepResult) =>
    median(
      measured.flatMap(({ step, result }) =>
        step.kind === kind && step.streams === streams ? (result[what] ?? []) : [],
      ),
    );
  const levels = [...new Set(measured.flatMap(({ step }) => (step.kind === 'write' ? [step.streams] : [])))];
  const concurrency = levels
    .sort((a, b) => a - b)
    .flatMap((streams) => {
      const rate = of('write', streams, 'tokensPerSecond');
      const first = of('write', streams, 'firstTokenMs');
      return rate === undefined || first === undefined
        ? []
        : [{ streams, tokens_per_second: rate, first_token_ms: first }];
    });
  const decode = concurrency.find(({ streams }) => streams === 1)?.tokens_per_second;
  const prefill = of('prefill', 1, 'prefillTokensPerSecond');
  const first = of('first-token', 1, 'firstTokenMs');
  if (decode === undefined || prefill === undefined || first === undefined) return undefined;
  return {
    decodeTokensPerSecond: decode,
    prefillTokensPerSecond: prefill,
    firstTokenMs: first,
    concurrency,
  };
}

/** The middle value, rounded to a tenth: more digits than that are noise. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : tenth((upper + lower) / 2);
}

export const tenth = (value: number): number => Math.round(value * 10) / 10;
