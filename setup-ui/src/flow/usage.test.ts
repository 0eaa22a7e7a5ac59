import { expect, it } from 'vitest';
import { filterUsage, sumUsage, tokensOf, usageByDay, usageLines } from './usage.ts';

const row = (day: string, caller: string, model: string, calls: number) => ({
  day,
  caller,
  key_name: caller === 'owner' ? null : 'Notes',
  model,
  calls,
  failed_calls: 1,
  prompt_tokens: 10 * calls,
  completion_tokens: calls,
});
const rows = [
  row('2026-02-27', 'key_a', 'small', 1),
  row('2026-02-27', 'owner', 'small', 5),
  row('2026-03-01', 'key_a', 'small', 2),
  row('2026-03-01', 'key_a', 'large', 4),
];
const answer = { from: '2026-02-26', to: '2026-03-01', rows };

it('shows every day, also those without a call', () => {
  expect(usageByDay(answer, rows).map(({ day, calls }) => `${day} ${calls}`)).toEqual([
    '2026-02-26 0',
    '2026-02-27 6',
    '2026-02-28 0',
    '2026-03-01 6',
  ]);
});

it('adds up by key and model, the most used first', () => {
  const lines = usageLines(rows, false);
  expect(lines.map(({ day, caller, model, calls, failed }) => [day, caller, model, calls, failed])).toEqual([
    [undefined, 'owner', 'small', 5, 1],
    [undefined, 'key_a', 'large', 4, 1],
    [undefined, 'key_a', 'small', 3, 2],
  ]);
  expect(lines.map(tokensOf)).toEqual([55, 44, 33]);
});

it('lists days newest first', () => {
  expect(usageLines(rows, true).map(({ day, caller, calls }) => [day, caller, calls])).toEqual([
    ['2026-03-01', 'key_a', 4],
    ['2026-03-01', 'key_a', 2],
    ['2026-02-27', 'owner', 5],
    ['2026-02-27', 'key_a', 1],
  ]);
});

it('keeps what is asked for', () => {
  const kept = (caller?: string, model?: string) => sumUsage(filterUsage(rows, { caller, model })).calls;
  expect([kept(), kept('key_a'), kept(undefined, 'large'), kept('owner', 'large')]).toEqual([12, 7, 4, 0]);
});
