/** What a finished call leaves behind, before the ledger gives it its place in the chain. Pure data. */
import type { ReceiptSummary } from '@b3iq/wire/local-api';
import type { HashParts } from './tree.ts';

export interface CallRecord {
  /** `rcpt_` + 26 characters (ULID), chosen before the answer starts so that it can travel in a header. */
  readonly id: string;
  /** Path such as `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly model: string;
  /** Key id (`key_…`), or `owner` for the dashboard's playground. Never the key or its hash. */
  readonly caller: string;
  readonly status: ReceiptSummary['status'];
  /** HTTP status the client got, 0 when it left before one. */
  readonly httpStatus: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokenSource: ReceiptSummary['token_source'];
  /** Unix ms at arrival. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Ms from arrival to the first byte of the answer's body; undefined when there was none. */
  readonly firstTokenMs?: number;
}

/** What one caller used of one model on one UTC day. */
export interface UsageCount {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** As in a call's record. */
  readonly caller: string;
  readonly model: string;
  readonly calls: number;
  /** Of `calls`, those that ended as `failed`. */
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}
/** Unix ms; `toMs` itself is not included. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A receipt as the ledger keeps it: the exact bytes, and what is looked up by (each checked against the bytes). */
export interface ReceiptRow {
  readonly seq: number;
  readonly id: string;
  /** `seq` of the batch it was committed with. */
  readonly batch: number;
  readonly bytes: Uint8Array;
  readonly caller: string;
  readonly startedAtMs: number;
  /** Prompt and completion together. */
  readonly tokens: number;
}

/** A commit: its signed envelope, as JSON text. */
export interface BatchRow {
  readonly seq: number;
  readonly envelope: string;
}

/** Where the chain goes on. Hashes are lower-case hex SHA-256. */
export interface Head {
  readonly seq: number;
  /** Of the last receipt's bytes. */
  readonly hash: string;
  readonly batchSeq: number;
  /** Of the last batch's payload bytes. */
  readonly batchHash: string;
}

/** Who signs. */
export interface Issuer {
  readonly nodeId: string;
  readonly keyEpoch: number;
}

/** SHA-256 of bytes, lower-case hex. Handed in so that pure files need no `node:crypto`. */
export type HashHex = (bytes: Uint8Array) => string;
/** The same with its raw form, over parts one after another. */
export interface Hashes {
  readonly hex: HashHex;
  readonly parts: HashParts;
}
