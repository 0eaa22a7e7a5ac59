import { expect, it } from 'vitest';
import { chartOf } from './chart.ts';

it('draws from zero, with gaps where nothing was read', () => {
  expect(chartOf([0, 5, null, 10], 30, 10)).toEqual({
    path: 'M0 10L0 10L10 5M30 0L30 0',
    high: 10,
    latest: 10,
  });
  expect(chartOf([4, null], 30, 10)).toMatchObject({ path: 'M0 0L0 0', latest: 4 });
});

it('draws zeros along the bottom, one reading as a dot, and nothing as nothing', () => {
  expect(chartOf([0, 0], 30, 10)?.path).toBe('M0 10L0 10L30 10');
  expect(chartOf([7], 30, 10)?.path).toBe('M0 0L0 0');
  expect(chartOf([null, null], 30, 10)).toBeUndefined();
  expect(chartOf([], 30, 10)).toBeUndefined();
});
