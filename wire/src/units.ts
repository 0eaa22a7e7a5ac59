/**
 * Numbers that carry their unit in their type. Separate because a watt passed for a byte is a bug no test of either
 * finds. Each maker checks the range once, at the door.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Whole bytes, 0 – 2^53-1. */
export type Bytes = Unit<'Bytes'>;
/** Milliseconds, finite, ≥ 0; fractions allowed. */
export type Millis = Unit<'Millis'>;
/** Degrees Celsius, -273.15 and up. */
export type Celsius = Unit<'Celsius'>;
/** Watts, finite, ≥ 0. */
export type Watts = Unit<'Watts'>;
/** Whole tokens, 0 – 2^53-1. */
export type Tokens = Unit<'Tokens'>;

const maker =
  <T extends number>(name: string, fits: (value: number) => boolean) =>
  (value: number): T => {
    if (!Number.isFinite(value) || !fits(value)) throw new RangeError(`expected ${name}, got ${value}`);
    return value as T; // checked
  };
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Each maker: the number itself, with its unit. @throws RangeError outside the unit's range, NaN included */
export const bytes = maker<Bytes>('whole bytes', isCount);
export const millis = maker<Millis>('milliseconds from 0', (value) => value >= 0);
export const celsius = maker<Celsius>('degrees Celsius from -273.15', (value) => value >= -273.15);
export const watts = maker<Watts>('watts from 0', (value) => value >= 0);
export const tokens = maker<Tokens>('whole tokens', isCount);
