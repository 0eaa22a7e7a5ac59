import { describe, expect, it } from 'vitest';
import { isMet, median, type PartReport, percentile, render, shown } from './report.ts';

const report: PartReport = {
  title: 'A thing',
  how: 'Three of them, in turn.',
  columns: ['variant', 'ms'],
  rows: [['ours', 1.2345]],
  goals: [
    { what: 'ms', value: 1.2345, bound: 1, kind: 'most' },
    { what: 'lost', value: 0, bound: 0, kind: 'most', isExact: true },
  ],
  notes: ['No nginx here.'],
};

describe('a report', () => {
  it('says what was met and what was missed', () => {
    expect(render(report, false)).toBe(
      'Three of them, in turn.\n\n| variant | ms |\n|---|---|\n| ours | 1.23 |\n\n' +
        '* ms: **1.23** (aim ≤ 1: missed)\n* lost: **0** (aim ≤ 0: met)\n* No nginx here.',
    );
  });
  it('judges only what is exact when the run was short', () => {
    expect(render(report, true)).toContain('ms: **1.23** (aim ≤ 1: not judged)');
    expect(render(report, true)).toContain('lost: **0** (aim ≤ 0: met)');
  });
  it('takes what could not be measured for missed', () => {
    for (const kind of ['least', 'most'] as const)
      expect(isMet({ what: '', value: Number.NaN, bound: 1, kind })).toBe(false);
  });
});

it('medians and percentiles stand in the middle and at the end', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(3);
  expect(percentile([1, 2, 3, 4], 1)).toBe(4);
});

it('shows as many digits as are worth reading', () => {
  expect([123.4, 12.34, 1.234, 0.1234, 7, 'text'].map(shown)).toEqual([
    '123',
    '12.3',
    '1.23',
    '0.123',
    '7',
    'text',
  ]);
});
