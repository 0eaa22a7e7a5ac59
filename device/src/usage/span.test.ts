import { expect, it } from 'vitest';
import { formatDay, parseSpan, spanMs } from './span.ts';

const NOW = Date.UTC(2026, 10, 22, 23, 59);
const days = (asked: object) => {
  const { firstDay, lastDay } = parseSpan(asked, NOW);
  return [formatDay(firstDay), formatDay(lastDay)];
};

it('takes the last 30 days unless told', () => {
  expect(days({})).toEqual(['2026-10-24', '2026-11-22']);
  expect(days({ to: '2026-03-01' })).toEqual(['2026-01-31', '2026-03-01']);
  expect(days({ from: '2026-11-01' })).toEqual(['2026-11-01', '2026-11-22']);
  expect(days({ from: '2026-12-01' })).toEqual(['2026-12-01', '2026-12-01']);
  expect(days({ from: '2024-02-29', to: '2024-02-29' })).toEqual(['2024-02-29', '2024-02-29']);
});

it('counts from the first moment of the first day to the first after the last', () => {
  expect(spanMs(parseSpan({ from: '2026-11-22', to: '2026-11-22' }, NOW))).toEqual({
    fromMs: Date.UTC(2026, 10, 22),
    toMs: Date.UTC(2026, 10, 23),
  });
});

it.each([
  { from: 'yesterday' },
  { from: '2026-02-30' },
  { from: '2026-11-22T00:00:00Z' },
  { from: ['2026-11-01', '2026-11-02'] },
  { from: '2026-11-02', to: '2026-11-01' },
  { from: '2025-11-21', to: '2026-11-22' },
  { from: '' },
])('refuses %j', (asked) => {
  expect(() => parseSpan(asked, NOW)).toThrow(/Expected/);
});
