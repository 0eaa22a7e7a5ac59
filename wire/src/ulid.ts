/** ULIDs: ids that sort by the time they were made. Separate because several ids are built on them. */
import { CROCKFORD, encodeBase32 } from './crockford.ts';

/**
 * 26 upper-case Crockford characters: 48 bits of Unix ms, then 80 random bits.
 * @param nowMs   whole Unix ms, 0 – 2^48-1      @param random  10 bytes from a cryptographic source
 * @throws RangeError on other input             @see https://github.com/ulid/spec
 */
export function ulid(nowMs: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48)
    throw new RangeError(`expected whole Unix ms below 2^48, got ${nowMs}`);
  if (random.length !== 10) throw new RangeError(`expected 10 random bytes, got ${random.length}`);
  let time = '';
  for (let rest = nowMs; time.length < 10; rest = Math.floor(rest / 32))
    time = CROCKFORD.charAt(rest % 32) + time;
  return `${time}${encodeBase32(random, CROCKFORD)}`;
}
