import { expect, it } from 'vitest';
import { leftS } from './report.ts';

it('the time left is what is left at the rate of the last seconds', () => {
  const marks = [
    { atS: 10, bytes: 100 },
    { atS: 12, bytes: 300 },
  ];
  expect(leftS(marks, 1_300)).toBe(10);
  expect(leftS(marks, 300)).toBe(0);
  expect(leftS(marks, 200)).toBe(0);
});

it('is not known without a rate', () => {
  expect(leftS([], 100)).toBeUndefined();
  expect(leftS([{ atS: 1, bytes: 1 }], 100)).toBeUndefined();
  expect(
    leftS(
      [
        { atS: 1, bytes: 5 },
        { atS: 3, bytes: 5 },
      ],
      100,
    ),
  ).toBeUndefined();
});
