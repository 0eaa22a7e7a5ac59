/**
 * Money as decimal strings, exact to 18 places, computed in whole numbers and never in floats.
 * Separate from counters because money has a sign and a fraction. 78 digits before the point hold every 256-bit
 * amount of wei; 18 after it hold the same amount in ether.
 */
import type { Id } from './ids.ts';

/** Canonical: `-0.05`, `12`, `3.7`. No exponent, no plus, no leading or trailing zeros, no `-0`. */
export type Money = Id<'Money'>;

const PLACES = 18;
const UNIT = 10n ** BigInt(PLACES);
/** Whole digits: 78, as many as the largest 256-bit number has. */
const SHAPE = /^-?(?:0|[1-9]\d{0,77})(?:\.\d{0,17}[1-9])?$/;

/** @returns undefined when the text is not money in its one spelling */
export function parseMoney(text: string): Money | undefined {
  return SHAPE.test(text) && text !== '-0' ? (text as Money) : undefined; // checked
}

export const ZERO_MONEY = '0' as Money; // canonical by inspection

/** Amount times 10^18. */
function toUnits(money: Money): bigint {
  const negative = money.startsWith('-');
  const [whole = '0', fraction = ''] = money.slice(negative ? 1 : 0).split('.');
  const units = BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, '0'));
  return negative ? -units : units;
}

function fromUnits(units: bigint): Money {
  const size = units < 0n ? -units : units;
  const fraction = String(size % UNIT)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  const text = `${units < 0n ? '-' : ''}${size / UNIT}${fraction === '' ? '' : `.${fraction}`}`;
  const money = parseMoney(text);
  if (money === undefined) throw new RangeError('this amount has more than 78 digits before the point');
  return money;
}

/** @throws RangeError when the sum has more than 78 whole digits */
export function addMoney(a: Money, b: Money): Money {
  return fromUnits(toUnits(a) + toUnits(b));
}

/** @throws RangeError when the difference has more than 78 whole digits */
export function subtractMoney(a: Money, b: Money): Money {
  return fromUnits(toUnits(a) - toUnits(b));
}

/** A price for one, `count` times: exact. @throws RangeError when the product has more than 78 whole digits */
export function multiplyMoney(price: Money, count: bigint): Money {
  return fromUnits(toUnits(price) * count);
}

/** Below 0 when `a` is less, 0 when equal, above 0 when more; fits `sort`. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  const difference = toUnits(a) - toUnits(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
