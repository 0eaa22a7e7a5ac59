/** What is measured and kept. Pure data. */
import { type BenchmarkRun, type BenchmarkStep, ID_PATTERNS } from '@b3iq/wire';
import { z } from 'zod';
import type { Format } from '../store/types.ts';

/** One thing to do with the model; `streams` answers at once. */
export interface Step {
  readonly kind: BenchmarkStep;
  readonly streams: number;
}

/** What a step gave. A step tells only what it measures. */
export interface StepResult {
  /** Of all streams together, while they were written. */
  readonly tokensPerSecond?: number;
  /** Prompt tokens read in a second. */
  readonly prefillTokensPerSecond?: number;
  /** Median of the streams. */
  readonly firstTokenMs?: number;
}

export interface Measured {
  readonly step: Step;
  readonly result: StepResult;
}

/** Runs that are kept, all models together: a year of weekly looks at a few models. The oldest go. */
export const MAX_RUNS = 200;

const amount = z.number().min(0);
export const storedRun: z.ZodType<BenchmarkRun> = z.strictObject({
  id: z.string().regex(ID_PATTERNS.benchmark),
  at: z.iso.datetime(),
  model: z.string().min(1).max(200),
  label: z.string().min(1).max(200),
  self_test: z.boolean(),
  size_bytes: amount,
  context_tokens: amount,
  version: z.string().max(64),
  rounds: z.int().min(1),
  disturbed: z.boolean(),
  decode_tokens_per_second: amount,
  prefill_tokens_per_second: amount,
  first_token_ms: amount,
  concurrency: z
    .array(z.strictObject({ streams: z.int().min(1), tokens_per_second: amount, first_token_ms: amount }))
    .min(1),
  temperature_c: amount.nullable(),
  power_w: amount.nullable(),
});

/** Oldest first. */
export type Runs = readonly BenchmarkRun[];

/** `benchmarks.json` in the state folder. A file of its own: what was measured is no setting. */
export const runsFormat: Format<Runs> = {
  version: 1,
  schema: z.array(storedRun).max(MAX_RUNS),
  initial: [],
  migrations: [],
};
