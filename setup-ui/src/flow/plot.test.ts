import { describe, expect, it } from 'vitest';
import { percentOf, plotLine } from './plot.ts';

describe('charts', () => {
  it('need two values', () => {
    expect(plotLine([], 100, 40)).toBeUndefined();
    expect(plotLine([1], 100, 40)).toBeUndefined();
    expect(plotLine([1, Number.NaN], 100, 40)).toBeUndefined();
  });
  it('run from edge to edge, scaled from zero', () => {
    expect(plotLine([0, 10], 100, 40)).toEqual({
      curve: 'M0 38L100 2',
      area: 'M0 38L100 2V40H0Z',
      low: 0,
      high: 10,
    });
    expect(plotLine([0, 0], 100, 40)?.curve).toBe('M0 38L100 38');
  });
  it('never fill more than the whole', () => {
    expect([percentOf(1, 4), percentOf(9, 4), percentOf(1, 0), percentOf(-1, 4)]).toEqual([25, 100, 0, 0]);
  });
});
