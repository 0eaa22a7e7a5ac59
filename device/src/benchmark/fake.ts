/** Benchmarks by rule: months of results of one model, or none. Separate so that doors and pages need no engine. */

import { newBenchmarkId } from '@b3iq/wire';
import type { BenchmarkAnswer, BenchmarkRun } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import { sentencesOf } from './judge.ts';
import type { Benchmarks } from './port.ts';

/** A run of a machine that is well; every field may be said otherwise. */
export function fakeRun(rest: Partial<BenchmarkRun> = {}): BenchmarkRun {
  return {
    id: newBenchmarkId(Date.UTC(2026, 10, 22), new Uint8Array(10)),
    at: '2026-11-22T08:00:00.000Z',
    model: 'example-7b-instruct',
    label: 'Example 7B Instruct',
    self_test: false,
    size_bytes: 4_368_439_584,
    context_tokens: 32_768,
    version: '0.1.0',
    rounds: 3,
    disturbed: false,
    decode_tokens_per_second: 54.2,
    prefill_tokens_per_second: 1_810.5,
    first_token_ms: 212.4,
    concurrency: [
      { streams: 1, tokens_per_second: 54.2, first_token_ms: 212.4 },
      { streams: 2, tokens_per_second: 96, first_token_ms: 251 },
      { streams: 4, tokens_per_second: 150.5, first_token_ms: 330 },
    ],
    temperature_c: 71,
    power_w: 288.5,
    ...rest,
  };
}

/** Starts and stops at once; nothing is measured. @param runs  newest first */
export function fakeBenchmarks(runs: readonly BenchmarkRun[] = []): Benchmarks {
  let progress: BenchmarkAnswer['progress'] = null;
  return {
    now: async () => ({
      progress,
      problem: null,
      runs: runs.map((run) => ({ ...run, expectation: null, sentences: sentencesOf(run, null) })),
    }),
    start({ model = 'example-7b-instruct' }) {
      if (progress !== null) throw new CodedError('benchmark_running');
      progress = {
        model,
        label: 'Example 7B Instruct',
        step: 'write',
        streams: 2,
        done: 9,
        total: 16,
        seconds_left: 95,
        disturbed: false,
      };
    },
    stop() {
      progress = null;
    },
    async document(id) {
      if (!runs.some((run) => run.id === id)) throw new CodedError('benchmark_not_found');
      return { payload: '', payloadType: 'application/vnd.b3iq.benchmark.v1+json', signatures: [] };
    },
  };
}
