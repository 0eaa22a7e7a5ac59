/**
 * DSSE envelopes: sign exact bytes, verify exact bytes, and only then let anybody read them.
 * Separate, short and free of `node:*` so that a page, an auditor and the agent run the same lines. Nothing is ever
 * serialised again to check it.
 *
 * Stricter than DSSE asks, since every signer here is ours: a key is trusted for named payload types only, *every*
 * signature in the envelope must be good, and base64 has one spelling.
 * @see https://github.com/secure-systems-lab/dsse v1.0.2 (protocol.md, envelope.md); RFC 8032
 */
import { concatBytes, fromBase64, toBase64, utf8ToBytes } from './bytes.ts';
import { isUsablePublicKey, publicKeyOf, signBytes, verifyBytes } from './ed25519.ts';
import { type SigningKeyId, signingKeyIdOf } from './ids.ts';

/** Largest payload signed or read: 1 MiB, some 50 times the largest document there is. */
export const MAX_PAYLOAD_BYTES = 2 ** 20;
/** Most signatures one envelope may carry: two people and a machine sign the most-signed document. */
export const MAX_SIGNATURES = 4;

export interface Envelope {
  /** Base64 of the exact bytes that were signed. */
  readonly payload: string;
  /** `application/vnd.b3iq.<kind>.v1+json` */
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: SigningKeyId; readonly sig: string }[];
}

/** Who signs. `sign` gives 64 bytes, always the same for the same message. */
export interface Signer {
  readonly keyId: SigningKeyId;
  sign(message: Uint8Array): Uint8Array;
}

/** A public key that passed `isUsablePublicKey`. `verify` never throws: what is wrong is false. */
export interface VerifyKey {
  readonly keyId: SigningKeyId;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** A key and what it may sign; a signature of it under any other type counts for nothing. */
export interface TrustedKey {
  readonly key: VerifyKey;
  readonly payloadTypes: readonly string[];
}

export const REFUSALS = [
  'malformed', // not an envelope, or base64 that is not canonical
  'too-large',
  'wrong-type', // signed as another kind of document than the one asked for
  'too-many-signatures',
  'unknown-key',
  'key-not-allowed', // a known key, but not for this payload type
  'bad-signature',
  'duplicate-key', // one key signing twice does not count as two
  'too-few-signatures',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type Verified =
  | { readonly ok: true; readonly payload: Uint8Array; readonly keyIds: readonly SigningKeyId[] }
  | { readonly ok: false; readonly reason: Refusal };

/** `DSSEv1 <length> <type> <length> <payload>`, lengths in bytes: what is really signed. @see DSSE protocol.md, PAE */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8ToBytes(payloadType);
  return concatBytes(
    utf8ToBytes(`DSSEv1 ${type.length} `),
    type,
    utf8ToBytes(` ${payload.length} `),
    payload,
  );
}

/** A signer from a 32-byte seed, in plain JavaScript. On hot paths use `sign-node.ts`. @throws RangeError */
export function seedSigner(seed: Uint8Array): Signer {
  return { keyId: signingKeyIdOf(publicKeyOf(seed)), sign: (message) => signBytes(message, seed) };
}

/** A key to verify with, in plain JavaScript. @returns undefined when the 32 bytes are no key to be trusted */
export function verifyKey(publicKey: Uint8Array): VerifyKey | undefined {
  if (!isUsablePublicKey(publicKey)) return undefined;
  const key = Uint8Array.from(publicKey); // a copy, so that nobody changes it afterwards
  return {
    keyId: signingKeyIdOf(key),
    verify: (message, signature) => verifyBytes(message, signature, key),
  };
}

/**
 * An envelope of `payload`, one signature for each signer, in their order.
 * @param payload  the document's exact bytes, at most MAX_PAYLOAD_BYTES      @param signers  1 – MAX_SIGNATURES
 * @throws RangeError when either is out of bounds
 */
export function sign(payloadType: string, payload: Uint8Array, ...signers: readonly Signer[]): Envelope {
  if (payload.length > MAX_PAYLOAD_BYTES)
    throw new RangeError(`payload of ${payload.length} bytes is too large`);
  if (signers.length < 1 || signers.length > MAX_SIGNATURES)
    throw new RangeError(`expected 1 to ${MAX_SIGNATURES} signers, got ${signers.length}`);
  const message = pae(payloadType, payload);
  return {
    payload: toBase64(payload),
    payloadType,
    signatures: signers.map((signer) => ({ keyid: signer.keyId, sig: toBase64(signer.sign(message)) })),
  };
}

/** Trust, as data: which keys count, for which documents, and how many must have signed. */
export class Verifier {
  readonly #keys: ReadonlyMap<string, TrustedKey>;
  readonly #atLeast: number;

  /** @param atLeast  signatures of different keys that are needed, 1 – MAX_SIGNATURES */
  constructor(keys: readonly TrustedKey[], atLeast = 1) {
    if (!Number.isInteger(atLeast) || atLeast < 1 || atLeast > MAX_SIGNATURES)
      throw new RangeError(`expected 1 to ${MAX_SIGNATURES} signatures to be needed, got ${atLeast}`);
    this.#keys = new Map(keys.map((trusted) => [trusted.key.keyId, trusted]));
    this.#atLeast = atLeast;
  }

  /**
   * The signed bytes, once every signature over them is good.
   * @param envelope     JSON from anywhere; fields that DSSE does not name are ignored, as it asks
   * @param payloadType  the one type the caller is ready to read
   */
  verify(envelope: unknown, payloadType: string): Verified {
    const parts = readEnvelope(envelope);
    if (typeof parts === 'string') return { ok: false, reason: parts };
    if (parts.payloadType !== payloadType) return { ok: false, reason: 'wrong-type' };
    const message = pae(payloadType, parts.payload);
    const keyIds = new Set<SigningKeyId>();
    for (const { keyid, sig } of parts.signatures) {
      const trusted = this.#keys.get(keyid);
      if (trusted === undefined) return { ok: false, reason: 'unknown-key' };
      if (!trusted.payloadTypes.includes(payloadType)) return { ok: false, reason: 'key-not-allowed' };
      if (keyIds.has(trusted.key.keyId)) return { ok: false, reason: 'duplicate-key' };
      if (!trusted.key.verify(message, sig)) return { ok: false, reason: 'bad-signature' };
      keyIds.add(trusted.key.keyId);
    }
    if (keyIds.size < this.#atLeast) return { ok: false, reason: 'too-few-signatures' };
    return { ok: true, payload: parts.payload, keyIds: [...keyIds] };
  }
}

interface EnvelopeParts {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Uint8Array }[];
}

/** The parts of an envelope, everything bounded before it is decoded. */
function readEnvelope(envelope: unknown): EnvelopeParts | Refusal {
  if (!isRecord(envelope)) return 'malformed';
  const { payload, payloadType, signatures } = envelope;
  if (typeof payload !== 'string' || typeof payloadType !== 'string' || !Array.isArray(signatures))
    return 'malformed';
  if (payload.length > 4 * Math.ceil(MAX_PAYLOAD_BYTES / 3)) return 'too-large';
  if (signatures.length > MAX_SIGNATURES) return 'too-many-signatures';
  const payloadBytes = fromBase64(payload);
  if (payloadBytes === undefined) return 'malformed';
  const read: { keyid: string; sig: Uint8Array }[] = [];
  for (const entry of signatures as readonly unknown[]) {
    if (!isRecord(entry)) return 'malformed';
    const { keyid, sig } = entry;
    // 64 bytes are 88 characters of base64, and so are 65 and 66.
    const bytes = typeof sig === 'string' && sig.length === 88 ? fromBase64(sig) : undefined;
    if (typeof keyid !== 'string' || bytes?.length !== 64) return 'malformed';
    read.push({ keyid, sig: bytes });
  }
  return { payload: payloadBytes, payloadType, signatures: read };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
