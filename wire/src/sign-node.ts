/**
 * The same signers and keys as `sign.ts`, on OpenSSL: about ten times as fast.
 * Separate because it needs `node:crypto`; only programs import it, pages never. Equal results are proven on every
 * vector in `sign-equal.test.ts`.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { isUsablePublicKey } from './ed25519.ts';
import { signingKeyIdOf } from './ids.ts';
import type { Signer, VerifyKey } from './sign.ts';

// What stands before the raw 32 bytes in DER. @see RFC 8410 §4, §7
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed  32 secret bytes      @throws RangeError on another length */
export function privateKeyOfSeed(seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw new RangeError(`expected a seed of 32 bytes, got ${seed.length}`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

/** The 32-byte seed, for a backup. @param key  an Ed25519 private key */
export function seedOf(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_HEAD.length));
}

/** The raw 32 bytes. @param key  an Ed25519 key, private or public */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length));
}

/** A signer on OpenSSL. @param key  an Ed25519 private key */
export function nodeSigner(key: KeyObject): Signer {
  return { keyId: signingKeyIdOf(rawPublicKey(key)), sign: (message) => sign(null, message, key) };
}

/**
 * A key to verify with on OpenSSL; build it once and keep it.
 * @param publicKey  32 bytes      @returns undefined when they are no key to be trusted, as `verifyKey` does
 */
export function nodeVerifyKey(publicKey: Uint8Array): VerifyKey | undefined {
  if (!isUsablePublicKey(publicKey)) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
  return {
    keyId: signingKeyIdOf(publicKey),
    verify: (message, signature) => signature.length === 64 && verify(null, message, key, signature),
  };
}
