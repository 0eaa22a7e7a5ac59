/**
 * Ed25519 in plain JavaScript, held to one strict reading of RFC 8032 that OpenSSL shares.
 * Separate from `sign.ts` so that the rules of the curve and the rules of the envelope are each read in one sitting.
 *
 * The two libraries differ on inputs only a dishonest signer makes: @noble (zip215: false) multiplies by the cofactor
 * and refuses small-order keys; OpenSSL does neither, takes non-canonical keys, and refuses a neutral R. Both agree once
 *  1. the key is canonical, on the curve, of prime order (`isUsablePublicKey`, asked once per key), and
 *  2. R is so too, which makes the equation with and without cofactor the same one.
 * The vectors in `vectors/ed25519-strict.json` hold both libraries to that.
 */
import * as ed from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

// The synchronous API with our own SHA-512: a page on plain http has no crypto.subtle.
ed.hashes.sha512 = sha512;

/** Whether these 32 bytes are the canonical encoding of a point of prime order; the neutral element is not one. */
function isPrimeOrder(encoded: Uint8Array): boolean {
  try {
    const point = ed.Point.fromBytes(encoded, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** May this be trusted as a key? @param publicKey  any bytes      @see RFC 8032 §5.1.3, https://eprint.iacr.org/2020/1244 */
export function isUsablePublicKey(publicKey: Uint8Array): boolean {
  return isPrimeOrder(publicKey);
}

/** @param seed  32 secret bytes      @returns 32 bytes      @throws RangeError on another length      @see RFC 8032 §5.1.5 */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed.getPublicKey(seed);
}

/** @param seed  32 secret bytes      @returns 64 bytes, always the same for the same input      @see RFC 8032 §5.1.6 */
export function signBytes(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return ed.sign(message, seed);
}

/**
 * Whether `signature` is the key owner's on `message`.
 * @param publicKey  32 bytes that `isUsablePublicKey` accepted      @param signature  any bytes; only 64 can be valid
 * @see RFC 8032 §5.1.7
 */
export function verifyBytes(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || !isPrimeOrder(signature.subarray(0, 32))) return false;
  return ed.verify(signature, message, publicKey, { zip215: false });
}
