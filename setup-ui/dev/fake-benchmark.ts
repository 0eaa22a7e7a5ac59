/** Benchmarks of the preview: months of results of two models, or none, and one under way. */
import type { BenchmarkAnswer, BenchmarkResult } from '@b3iq/wire/local-api';
import { type Routes, refuse, sendJson } from './fake-route.ts';

const DAY_MS = 86_400_000;

/** Results as a machine has them after some months, newest first. */
export function someRuns(): readonly BenchmarkResult[] {
  const speeds = [48.2, 49.1, 47.6, 52.8, 53.4, 53.1, 54.2];
  const big = speeds.map((speed, i) => runOf('Example 32B Instruct', speed, (speeds.length - i) * 14));
  return [...big.toReversed(), runOf('Self-test model', 576.4, 100, true)];
}

function runOf(label: string, speed: number, daysAgo: number, isSelfTest = false): BenchmarkResult {
  return {
    id: `bench_01M827EWQ6RJX74J5${String(daysAgo).padStart(3, '0')}95E5ZQ`.slice(0, 32),
    at: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
    model: label.toLowerCase().replaceAll(' ', '-'),
    label,
    self_test: isSelfTest,
    size_bytes: 18_000_000_000,
    context_tokens: 32_768,
    version: '0.1.0',
    rounds: 3,
    disturbed: daysAgo === 70,
    decode_tokens_per_second: speed,
    prefill_tokens_per_second: speed * 33,
    first_token_ms: 212,
    concurrency: [1, 2, 4, 8].map((streams) => ({
      streams,
      tokens_per_second: speed * streams ** 0.7,
      first_token_ms: 190 + 22 * streams,
    })),
    temperature_c: isSelfTest ? null : 71,
    power_w: isSelfTest ? null : 288,
    expectation: null,
    sentences: [
      `It writes about ${Math.round((speed * 0.75) / 5) * 5} words a second: a page in ${Math.round(500 / (speed * 0.75))} s.`,
      'An answer begins at once.',
      'It reads a page of text in about 0.4 s.',
      'With 8 people at once each gets about 20 words a second.',
      ...(isSelfTest
        ? ['This is the self-test model: its speed says nothing about models people use.']
        : ['The machine reached 71 °C and its graphics drew up to 288 W.']),
      'No expectation is published for this machine and model, so there is nothing to hold it against.',
    ],
  };
}

export class FakeBenchmark {
  answer: BenchmarkAnswer = { progress: null, problem: null, runs: [] };
  /** Refuses to begin, as beside other requests. */
  isBusy = false;

  running(): void {
    const progress = {
      model: 'example-32b-instruct',
      label: 'Example 32B Instruct',
      step: 'write',
      streams: 4,
      done: 9,
      total: 19,
      seconds_left: 130,
      disturbed: false,
    } as const;
    this.answer = { ...this.answer, progress };
  }
}

export const BENCHMARK_ROUTES: Routes = {
  'GET /api/benchmark': ({ benchmark }, _body, response) => sendJson(response, 200, benchmark.answer),
  'POST /api/benchmark/start': ({ benchmark }, body, response) => {
    if (benchmark.isBusy && body.anyway !== true)
      return refuse(
        response,
        409,
        'benchmark_busy',
        'The machine is serving other requests',
        'A benchmark would disturb them, and they it. Wait a moment, or measure all the same: the result then says that it was disturbed.',
      );
    benchmark.running();
    return sendJson(response, 202, benchmark.answer);
  },
  'POST /api/benchmark/stop': ({ benchmark }, _body, response) => {
    benchmark.answer = { ...benchmark.answer, progress: null };
    sendJson(response, 200, benchmark.answer);
  },
};
