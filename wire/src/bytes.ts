/**
 * Bytes to text and back, each value with exactly one spelling: lower-case hex, canonical base64, valid UTF-8.
 * Separate because a second spelling of the same bytes is where two readers start to disagree.
 */
export { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * Bytes of lower-case hex.
 * @param text    an even number of `0-9a-f`; upper case is refused
 * @param length  how many bytes there must be, when that is known
 * @returns undefined when the text is not that
 */
export function hexToBytes(text: string, length?: number): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return undefined;
  if (length !== undefined && text.length !== length * 2) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Standard base64 with padding. @see RFC 4648 §4 */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // In parts, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

/**
 * Bytes of base64 in its one canonical spelling: padded, no white space, unused bits zero.
 * Takes the standard and the URL-safe alphabet, as DSSE asks of a verifier, but never a mix of the two.
 * @returns undefined for every other spelling      @see RFC 4648 §3.5, §4, §5; DSSE v1.0.2 protocol.md
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const standard = /[+/]/.test(text) ? text : text.replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard) || standard.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  return toBase64(bytes) === standard ? bytes : undefined;
}

/** Text of valid UTF-8 bytes, a byte order mark kept as a character; undefined when they are not valid. */
export function utf8ToText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
