/** Counters, money, times and units: each has one spelling and a range, and arithmetic that is exact. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterToNumber, formatCounter, parseCounter } from './counter.ts';
import {
  addMoney,
  compareMoney,
  type Money,
  multiplyMoney,
  parseMoney,
  subtractMoney,
  ZERO_MONEY,
} from './money.ts';
import { formatTime, parseTime, timeToMs } from './time.ts';
import { bytes, celsius, millis, tokens, watts } from './units.ts';

describe('a counter', () => {
  it('comes back the same, up to 2^64-1', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(parseCounter(formatCounter(value))).toBe(String(value));
      }),
    );
    expect(counterToNumber(formatCounter(42))).toBe(42);
  });
  it('is in one spelling or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9+.eE -]{1,22}$/)), (text) => {
        if (parseCounter(text) !== undefined) expect(String(BigInt(text))).toBe(text);
      }),
    );
    for (const text of ['', '00', '01', '-0', '+1', '1.0', '1e3', ' 1', '1\n', '٣', String(2n ** 64n)])
      expect(parseCounter(text)).toBeUndefined();
  });
  it('is never made from what is no counter', () => {
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n])
      expect(() => formatCounter(value)).toThrow(RangeError);
    expect(() => counterToNumber(formatCounter(2n ** 60n))).toThrow(RangeError);
  });
});

describe('money', () => {
  const money = (text: string): Money => parseMoney(text) ?? expect.fail(`not money: ${text}`);
  const amounts = fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 10 ** 9 }))
    .map(([whole, billionths]) => {
      const fraction = String(billionths % 10 ** 9)
        .padStart(9, '0')
        .replace(/0+$/, '');
      const text = fraction === '' ? String(whole) : `${whole}.${fraction}`;
      return money(text);
    });
  it('adds and subtracts exactly', () => {
    expect(addMoney(money('0.1'), money('0.2'))).toBe('0.3');
    expect(subtractMoney(money('0.3'), money('0.3'))).toBe('0');
    expect(subtractMoney(money('1'), money('1.000000000000000001'))).toBe('-0.000000000000000001');
    expect(multiplyMoney(money('0.000000000000000003'), 7n)).toBe('0.000000000000000021');
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        expect(addMoney(a, b)).toBe(addMoney(b, a));
        expect(subtractMoney(addMoney(a, b), b)).toBe(a);
        expect(compareMoney(a, b)).toBe(0 - compareMoney(b, a) || 0);
        expect(compareMoney(addMoney(a, b), a)).toBe(compareMoney(b, ZERO_MONEY));
        expect(addMoney(a, addMoney(a, a))).toBe(multiplyMoney(a, 3n));
      }),
    );
  });
  it('holds every 256-bit amount of wei, and no more digits', () => {
    const wei = String(2n ** 256n - 1n);
    expect(wei).toHaveLength(78);
    expect(addMoney(money(wei), ZERO_MONEY)).toBe(wei);
    expect(parseMoney(`1${'0'.repeat(78)}`)).toBeUndefined();
    expect(() => addMoney(money('9'.repeat(78)), money('1'))).toThrow(RangeError);
  });
  it('is in one spelling or none', () => {
    const wrong = [
      '',
      '-',
      '-0',
      '+1',
      '01',
      '1.',
      '.5',
      '1.50',
      '0.0',
      '1e3',
      '1,5',
      ' 1',
      '1\n',
      '0x1',
      'NaN',
    ];
    for (const text of [...wrong, `0.${'0'.repeat(18)}1`]) expect(parseMoney(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9.e]{1,25}$/)), (text) => {
        const parsed = parseMoney(text);
        if (parsed !== undefined) expect(addMoney(parsed, ZERO_MONEY)).toBe(text);
      }),
    );
  });
});

describe('a time', () => {
  it('comes back the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000), max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(timeToMs(parseTime(formatTime(ms)) ?? expect.fail('not a time'))).toBe(ms);
      }),
    );
    expect(timeToMs(parseTime('2026-11-22T07:54:31Z') ?? expect.fail('not a time'))).toBe(1_795_334_071_000);
  });
  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T23:59:60Z',
    '2026-11-22T07:54:31+00:00',
    '2026-11-22T07:54:31',
    '2026-11-22t07:54:31z',
    '2026-11-22 07:54:31Z',
    '2026-11-22T07:54:31.5Z',
    '2026-11-22',
    '+002026-11-22T07:54:31Z',
    '1795334071000',
    '',
  ])('is not %j', (text) => expect(parseTime(text)).toBeUndefined());
  it('is not made from what has no such form', () => {
    for (const ms of [Number.NaN, 0.5, 8.64e15, -1e15]) expect(() => formatTime(ms)).toThrow(RangeError);
  });
  it('is in one spelling or none', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/), (text) => {
        const time = parseTime(text);
        if (time !== undefined) expect(formatTime(timeToMs(time)).replace('.000', '')).toBe(text);
      }),
    );
  });
});

describe('a unit', () => {
  it('is the number itself', () => {
    expect([bytes(1), millis(0.5), celsius(-40), watts(0), tokens(7)]).toEqual([1, 0.5, -40, 0, 7]);
  });
  it('is refused out of its range', () => {
    for (const value of [-1, 0.5, 2 ** 53]) {
      expect(() => bytes(value)).toThrow(RangeError);
      expect(() => tokens(value)).toThrow(RangeError);
    }
    expect(() => millis(-0.1)).toThrow(RangeError);
    expect(() => celsius(-274)).toThrow(RangeError);
    expect(() => watts(-1)).toThrow(RangeError);
    for (const make of [bytes, millis, celsius, watts, tokens])
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => make(value)).toThrow(RangeError);
  });
});
