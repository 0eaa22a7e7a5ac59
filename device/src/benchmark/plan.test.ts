import { describe, expect, it } from 'vitest';
import { figuresOf, median, planSteps, ROUNDS, secondsLeft } from './plan.ts';
import type { Measured, Step } from './types.ts';

describe('the plan', () => {
  it('warms once, then measures everything in each round', () => {
    const steps = planSteps(8);
    expect(steps[0]).toEqual({ kind: 'warm', streams: 1 });
    expect(steps.filter(({ kind }) => kind === 'warm')).toHaveLength(1);
    expect(steps).toHaveLength(1 + ROUNDS * 6);
    expect(steps.slice(1, 7).map(({ kind, streams }) => `${kind} ${streams}`)).toEqual([
      'first-token 1',
      'prefill 1',
      'write 1',
      'write 2',
      'write 4',
      'write 8',
    ]);
  });
  it.each([
    [1, [1]],
    [3, [1, 2]],
    [4, [1, 2, 4]],
    [64, [1, 2, 4, 8]],
  ])('tries no more than %i answers at once where the engine writes as many', (slots, levels) => {
    const tried = planSteps(slots).flatMap(({ kind, streams }) => (kind === 'write' ? [streams] : []));
    expect([...new Set(tried)]).toEqual(levels);
  });
});

describe('the time left', () => {
  const first: Step = { kind: 'first-token', streams: 1 };
  const write: Step = { kind: 'write', streams: 1 };
  it('is unknown before the first step', () => {
    expect(secondsLeft([], [first])).toBeUndefined();
  });
  it('takes each step for as long as its like', () => {
    const done = [
      { step: first, ms: 1_000 },
      { step: write, ms: 9_000 },
      { step: write, ms: 11_000 },
    ];
    expect(secondsLeft(done, [write, first])).toBe(11);
    expect(secondsLeft(done, [{ kind: 'write', streams: 8 }])).toBe(7);
    expect(secondsLeft(done, [])).toBe(0);
  });
});

describe('the figures', () => {
  const measured: readonly Measured[] = [1, 2, 3].flatMap((n): readonly Measured[] => [
    { step: { kind: 'first-token', streams: 1 }, result: { firstTokenMs: 100 * n } },
    { step: { kind: 'prefill', streams: 1 }, result: { prefillTokensPerSecond: 1_000 / n } },
    { step: { kind: 'write', streams: 2 }, result: { tokensPerSecond: 80 + n, firstTokenMs: 300 } },
    { step: { kind: 'write', streams: 1 }, result: { tokensPerSecond: 50.04 * n, firstTokenMs: 200 } },
  ]);
  it('are medians of the rounds', () => {
    expect(figuresOf(measured)).toEqual({
      decodeTokensPerSecond: 100.1,
      prefillTokensPerSecond: 500,
      firstTokenMs: 200,
      concurrency: [
        { streams: 1, tokens_per_second: 100.1, first_token_ms: 200 },
        { streams: 2, tokens_per_second: 82, first_token_ms: 300 },
      ],
    });
  });
  it.each(['first-token', 'prefill', 'write'])('are none at all without %s', (kind) => {
    expect(figuresOf(measured.filter(({ step }) => step.kind !== kind))).toBeUndefined();
    const empty = measured.map((each) => (each.step.kind === kind ? { ...each, result: {} } : each));
    expect(figuresOf(empty)).toBeUndefined();
  });
  it('are never made of what is no number', () => {
    expect(median([Number.NaN, Number.POSITIVE_INFINITY])).toBeUndefined();
    expect(median([3, Number.NaN, 1])).toBe(2);
  });
});
