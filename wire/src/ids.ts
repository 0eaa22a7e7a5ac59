/**
 * Every id that crosses between programs, each its own type so that one cannot stand in for another.
 * Separate from the documents because ids also live in headers, paths and file names. Factories are given their
 * randomness and time, so that they stay pure.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from './bytes.ts';
import { BASE32_LOWER, encodeBase32 } from './crockford.ts';
import { ulid } from './ulid.ts';

declare const brand: unique symbol;
/** A string that has been checked to be a `Name`. */
export type Id<Name extends string> = string & { readonly [brand]: Name };

/** `node_` and 52 lower-case base32 characters of SHA-256(first public key). */
export type NodeId = Id<'NodeId'>;
/** DSSE `keyid`: lower-case hex SHA-256 of a raw Ed25519 public key. */
export type SigningKeyId = Id<'SigningKeyId'>;
/** `key_` and 16 base62 characters: a local key's name, never the key. Minted where local keys are. */
export type KeyId = Id<'KeyId'>;
/** `rcpt_` and a ULID. */
export type ReceiptId = Id<'ReceiptId'>;
/** `batch_` and a ULID. */
export type BatchId = Id<'BatchId'>;
/** `grant_` and a ULID. */
export type GrantId = Id<'GrantId'>;
/** `bench_` and a ULID. */
export type BenchmarkId = Id<'BenchmarkId'>;
/** The name clients use for a model: 1–200 of `A-Za-z0-9._:/@+-`, beginning with a letter or digit. */
export type ModelId = Id<'ModelId'>;
/** 32 lower-case hex characters, drawn anew at each factory reset. */
export type ClaimEpoch = Id<'ClaimEpoch'>;
/** 64 lower-case hex characters. */
export type Sha256Hex = Id<'Sha256Hex'>;

const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
/** One pattern per id; the schemas of the documents and the parsers below read the same table. */
export const ID_PATTERNS = {
  // 256 bits in 52 characters leave four bits over, which must be zero: the last character is `a` or `q`.
  node: /^node_[a-z2-7]{51}[aq]$/,
  signingKey: /^[0-9a-f]{64}$/,
  key: /^key_[0-9A-Za-z]{16}$/,
  receipt: new RegExp(`^rcpt_${ULID}$`),
  batch: new RegExp(`^batch_${ULID}$`),
  grant: new RegExp(`^grant_${ULID}$`),
  benchmark: new RegExp(`^bench_${ULID}$`),
  model: /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/,
  claimEpoch: /^[0-9a-f]{32}$/,
  sha256: /^[0-9a-f]{64}$/,
} as const satisfies Record<string, RegExp>;

const parser =
  <T extends string>(pattern: RegExp) =>
  (text: string): T | undefined =>
    pattern.test(text) ? (text as T) : undefined; // the pattern is what makes it a T

/** Each parser gives the id, or undefined when the text is not one. */
export const parseNodeId = parser<NodeId>(ID_PATTERNS.node);
export const parseSigningKeyId = parser<SigningKeyId>(ID_PATTERNS.signingKey);
export const parseKeyId = parser<KeyId>(ID_PATTERNS.key);
export const parseReceiptId = parser<ReceiptId>(ID_PATTERNS.receipt);
export const parseBatchId = parser<BatchId>(ID_PATTERNS.batch);
export const parseGrantId = parser<GrantId>(ID_PATTERNS.grant);
export const parseBenchmarkId = parser<BenchmarkId>(ID_PATTERNS.benchmark);
export const parseModelId = parser<ModelId>(ID_PATTERNS.model);
export const parseClaimEpoch = parser<ClaimEpoch>(ID_PATTERNS.claimEpoch);
export const parseSha256 = parser<Sha256Hex>(ID_PATTERNS.sha256);

/** The id a machine keeps for life. @param firstPublicKey  32 bytes, the first key it was sealed with */
export function nodeIdOf(firstPublicKey: Uint8Array): NodeId {
  return `node_${encodeBase32(sha256(firstPublicKey), BASE32_LOWER)}` as NodeId; // 32 bytes always fit the pattern
}

/** SHA-256 of bytes, as documents write it. */
export function sha256Of(bytes: Uint8Array): Sha256Hex {
  return bytesToHex(sha256(bytes)) as Sha256Hex; // a hash always fits the pattern
}

/** 64 zeros: what `prev` says where there is no predecessor. */
export const NO_HASH = '0'.repeat(64) as Sha256Hex; // 64 hex characters

/** @param publicKey  32 bytes */
export function signingKeyIdOf(publicKey: Uint8Array): SigningKeyId {
  return bytesToHex(sha256(publicKey)) as SigningKeyId; // a hash always fits the pattern
}

const maker =
  <T extends string>(prefix: string) =>
  (nowMs: number, random: Uint8Array): T =>
    `${prefix}_${ulid(nowMs, random)}` as T; // prefix and ULID fit the pattern by construction

/** Factories: `nowMs` Unix ms ≥ 0, `random` 10 bytes from a cryptographic source. @throws RangeError on other input */
export const newReceiptId = maker<ReceiptId>('rcpt');
export const newBatchId = maker<BatchId>('batch');
export const newGrantId = maker<GrantId>('grant');
export const newBenchmarkId = maker<BenchmarkId>('bench');

/** @param random  16 bytes from a cryptographic source      @throws RangeError on another length */
export function newClaimEpoch(random: Uint8Array): ClaimEpoch {
  if (random.length !== 16) throw new RangeError(`expected 16 random bytes, got ${random.length}`);
  return bytesToHex(random) as ClaimEpoch; // 16 bytes always fit the pattern
}
