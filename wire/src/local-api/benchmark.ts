/** `/api/benchmark*`: what this machine can do with each model, measured by itself. Separate: nothing else depends on it. */

/** Answers at once. */
export interface BenchmarkLevel {
  readonly streams: number;
  /** All of them together. */
  readonly tokens_per_second: number;
  readonly first_token_ms: number;
}

/** A published expectation; `source` names where. */
export interface BenchmarkExpectation {
  readonly decode_tokens_per_second: number;
  readonly source: string;
}

/** One model, measured once. Numbers are medians of `rounds`. `null`: could not be read. */
export interface BenchmarkRun {
  /** `bench_…` */
  readonly id: string;
  readonly at: string;
  readonly model: string;
  readonly label: string;
  readonly self_test: boolean;
  readonly size_bytes: number;
  readonly context_tokens: number;
  /** Of the agent. */
  readonly version: string;
  readonly rounds: number;
  /** Other calls were served meanwhile. */
  readonly disturbed: boolean;
  readonly decode_tokens_per_second: number;
  readonly prefill_tokens_per_second: number;
  readonly first_token_ms: number;
  readonly concurrency: readonly BenchmarkLevel[];
  /** The highest seen meanwhile. */
  readonly temperature_c: number | null;
  readonly power_w: number | null;
}

/** A run as it is told: with what it means, in plain sentences. */
export interface BenchmarkResult extends BenchmarkRun {
  readonly sentences: readonly string[];
  /** `null`: none is published for this machine and model. */
  readonly expectation: BenchmarkExpectation | null;
}

export const BENCHMARK_STEPS = ['warm', 'first-token', 'prefill', 'write'] as const;
export type BenchmarkStep = (typeof BENCHMARK_STEPS)[number];

/** What is being measured now. */
export interface BenchmarkProgress {
  readonly model: string;
  readonly label: string;
  readonly step: BenchmarkStep;
  /** Answers at once in this step. */
  readonly streams: number;
  /** Steps of all models that are done, and how many there are. */
  readonly done: number;
  readonly total: number;
  /** `null` until there is something to tell it from. */
  readonly seconds_left: number | null;
  readonly disturbed: boolean;
}

/** `GET /api/benchmark` (owner). */
export interface BenchmarkAnswer {
  readonly progress: BenchmarkProgress | null;
  /** Why the last one ended without a result; one plain sentence. */
  readonly problem: string | null;
  /** Newest first, at most 200. */
  readonly runs: readonly BenchmarkResult[];
}
