import type { BenchmarkResult } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { byModel, changePercent } from './benchmark.ts';

const run = (model: string, speed: number): BenchmarkResult => ({
  id: `bench_${model}${speed}`,
  at: '2026-11-22T08:00:00.000Z',
  model,
  label: model,
  self_test: false,
  size_bytes: 1,
  context_tokens: 1,
  version: '1',
  rounds: 3,
  disturbed: false,
  decode_tokens_per_second: speed,
  prefill_tokens_per_second: 1,
  first_token_ms: 1,
  concurrency: [],
  temperature_c: null,
  power_w: null,
  sentences: [],
  expectation: null,
});

describe('results', () => {
  it('stand by model, the newest first, each with its past', () => {
    const groups = byModel([run('b', 3), run('a', 2), run('b', 1)]);
    expect(groups.map(({ model, latest }) => [model, latest.decode_tokens_per_second])).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
    expect(groups[0]?.history.map((each) => each.decode_tokens_per_second)).toEqual([1, 3]);
    expect(byModel([])).toEqual([]);
  });
  it('are held against the time before, when there was one', () => {
    expect(changePercent([run('a', 50), run('a', 40), run('a', 50)])).toBe(25);
    expect(changePercent([run('a', 40), run('a', 40)])).toBe(0);
    expect(changePercent([run('a', 40)])).toBeUndefined();
    expect(changePercent([run('a', 0), run('a', 40)])).toBeUndefined();
    expect(changePercent([])).toBeUndefined();
  });
});
