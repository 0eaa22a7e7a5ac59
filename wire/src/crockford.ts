/**
 * Base32 in the two alphabets we print: Crockford's for what people read aloud, RFC 4648's for ids.
 * Separate because labels, ULIDs, short names and node ids all stand on it.
 */

/** No I, L, O or U. @see https://www.crockford.com/base32.html */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** RFC 4648 §6, lower case. */
export const BASE32_LOWER = 'abcdefghijklmnopqrstuvwxyz234567';

/** Bytes as base32 without padding, most significant bit first; the last character's unused bits are zero. */
export function encodeBase32(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff; // at most 4 bits are left over, so 12 bits hold all
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet.charAt((buffer >> (bits - 5)) & 31);
  }
  return bits > 0 ? text + alphabet.charAt((buffer << (5 - bits)) & 31) : text;
}

/**
 * What somebody typed from a label, in its one spelling: upper case, no dashes or spaces, O read as 0, I and L as 1.
 * @param length  how many characters there must be; a label's claim secret has 8
 * @returns undefined when other characters are in it, or it is shorter or longer
 */
export function normaliseCrockford(typed: string, length: number): string | undefined {
  if (typed.length > 4 * length) return undefined;
  const text = typed
    .replace(/[\s\-‐‑–—.]/g, '') // every dash a keyboard or a printed page may make
    .replace(/[a-z]/g, (letter) => letter.toUpperCase()) // ASCII only: elsewhere `ı` in upper case is `I`
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return text.length === length && [...text].every((character) => CROCKFORD.includes(character))
    ? text
    : undefined;
}

/** Characters of a claim secret on a label: 40 random bits. */
export const LABEL_SECRET_LENGTH = 8;

/** A fresh claim secret such as `7Q4K0M2X`. @param random  5 bytes from a cryptographic source */
export function newLabelSecret(random: Uint8Array): string {
  if (random.length !== 5) throw new RangeError(`expected 5 random bytes, got ${random.length}`);
  return encodeBase32(random, CROCKFORD);
}
