/**
 * What every signed document has in common: a payload type, a strict schema, and one way in and one way out.
 * Separate from `sign.ts`, which must stay free of schemas: there bytes are proven, here proven bytes are read.
 */
import type * as z from 'zod/mini';
import { utf8ToBytes, utf8ToText } from './bytes.ts';
import type { SigningKeyId } from './ids.ts';
import { type Envelope, type Refusal, type Signer, sign, type Verifier } from './sign.ts';

/** A kind of document. The type's version goes up when an older reader could misunderstand a newer document. */
export interface DocumentKind<T> {
  /** `application/vnd.b3iq.<kind>.v1+json` */
  readonly payloadType: string;
  readonly schema: z.ZodMiniType<T>;
}

/** @param name  kebab-case kind such as `receipt-batch`      @param version  whole, ≥ 1 */
export function payloadTypeOf(name: string, version: number): string {
  return `application/vnd.b3iq.${name}.v${version}+json`;
}

/** A document's bytes: JSON in the order of its schema. @throws ZodError when `value` is not such a document */
export function encodeDocument<T>(kind: { readonly schema: z.ZodMiniType<T> }, value: T): Uint8Array {
  return utf8ToBytes(JSON.stringify(kind.schema.parse(value)));
}

/** The document in bytes that are already proven. Undefined when they are not valid UTF-8, JSON, or this document. */
export function decodeDocument<T>(
  kind: { readonly schema: z.ZodMiniType<T> },
  bytes: Uint8Array,
): T | undefined {
  const text = utf8ToText(bytes);
  if (text === undefined) return undefined;
  try {
    return kind.schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON
  }
}

/** @throws ZodError when `value` is not such a document */
export function signDocument<T>(kind: DocumentKind<T>, value: T, ...signers: readonly Signer[]): Envelope {
  return sign(kind.payloadType, encodeDocument(kind, value), ...signers);
}

export type ReadDocument<T> =
  | {
      readonly ok: true;
      readonly document: T;
      /** The exact bytes that were signed. */
      readonly payload: Uint8Array;
      readonly keyIds: readonly SigningKeyId[];
    }
  | { readonly ok: false; readonly reason: Refusal | 'not-the-document' };

/** Verify first, then read the verified bytes. @param envelope  JSON from anywhere */
export function readDocument<T>(
  kind: DocumentKind<T>,
  verifier: Verifier,
  envelope: unknown,
): ReadDocument<T> {
  const verified = verifier.verify(envelope, kind.payloadType);
  if (!verified.ok) return verified;
  const document = decodeDocument(kind, verified.payload);
  return document === undefined ? { ok: false, reason: 'not-the-document' } : { ...verified, document };
}
