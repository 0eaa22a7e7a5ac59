import { expect, test } from 'vitest';
import { type LifeSigns, planRestart, planWatch, SUPERVISION_TIMES as TIMES } from './plan.ts';

test('the wait doubles with each crash up to a minute, however many there were', () => {
  expect([1, 2, 3, 4, 7, 8, 1000].map((crashes) => planRestart(crashes, TIMES))).toEqual([
    500, 1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
});

const signs = (more: Partial<LifeSigns>): LifeSigns => ({
  phase: 'ready',
  lastSignMs: 0,
  lastProgressMs: 0,
  stalledMs: 0,
  ...more,
});

test.each([
  ['a fresh sign', signs({}), 1_000, undefined],
  ['silence at its bound', signs({}), TIMES.silenceMs, undefined],
  ['silence beyond it', signs({}), TIMES.silenceMs + 1, 'The engine did not respond.'],
  ['the same silence while loading', signs({ phase: 'loading' }), TIMES.silenceMs + 1, undefined],
  [
    'long silence while loading',
    signs({ phase: 'loading' }),
    TIMES.loadSilenceMs + 1,
    'The engine did not respond.',
  ],
  [
    'signs of life without progress',
    signs({ phase: 'loading', lastSignMs: TIMES.loadStallMs }),
    TIMES.loadStallMs + 1,
    'Loading the model did not move on.',
  ],
  ['an answer that takes its time', signs({ stalledMs: TIMES.workStallMs }), 0, undefined],
  [
    'an answer that stands still',
    signs({ stalledMs: TIMES.workStallMs + 1 }),
    0,
    'The engine stood still in the middle of an answer.',
  ],
])('%s is judged', (_title, seen, nowMs, verdict) => {
  expect(planWatch(seen, nowMs, TIMES)).toBe(verdict);
});
