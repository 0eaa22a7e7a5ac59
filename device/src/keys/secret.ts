/**
 * The text of a local key: `b3iq_local_` + 32 random bytes + checksum, all base62.
 * Separate because its form is public: secret scanners and forms can tell a key, and a typo, without the machine.
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'b3iq_local_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** ⌈256 / log2(62)⌉ and ⌈32 / log2(62)⌉ characters. */
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** What a key looks like, for scanners: `grep -E` understands it. */
export const KEY_PATTERN = /^b3iq_local_[0-9A-Za-z]{49}$/;

/** `value` in base62, padded with `0` to `length`. */
export function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  return text.padStart(length, '0');
}

/** CRC-32 of prefix and random part, 6 base62 characters. Finds typos; proves nothing. */
function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

/** A fresh key. @param entropy  32 bytes; random unless a test says otherwise */
export function mintSecret(entropy?: Uint8Array): string {
  return secretWith(PREFIX, entropy);
}

/** A fresh secret of another kind in the same form. @param prefix  such as `b3iq_support_`; @param entropy  32 bytes */
export function secretWith(prefix: string, entropy: Uint8Array = randomBytes(32)): string {
  const body = prefix + base62(BigInt(`0x${Buffer.from(entropy).toString('hex')}`), RANDOM_LENGTH);
  return body + checksum(body);
}

/** A fresh key id: `key_` + 16 base62 characters (95 random bits). A key's name, never the key. */
export function mintKeyId(entropy: Uint8Array = randomBytes(16)): string {
  return `key_${base62(BigInt(`0x${Buffer.from(entropy).toString('hex')}`), 22).slice(-16)}`;
}

/** Whether `text` is a key at all. `mistyped`: the form is right, the checksum is not. */
export function judgeSecret(text: string): 'well-formed' | 'mistyped' | 'foreign' {
  if (!KEY_PATTERN.test(text)) return 'foreign';
  return checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH)
    ? 'well-formed'
    : 'mistyped';
}

/** SHA-256, lower-case hex: what is stored, and what a key is looked up by. */
export function hashSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a person may see of a key later on. */
export function hintOf(secret: string): string {
  return `${secret.slice(0, PREFIX.length + 4)}…`;
}
