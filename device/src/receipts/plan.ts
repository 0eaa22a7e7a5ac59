/**
 * Calls and the chain's head → receipts in order and the batch that covers them.
 * Separate and pure: what is signed and stored is decided here, so the ledger, its fake and a test agree byte for byte.
 */
import {
  type BatchId,
  bytesToHex,
  counterToNumber,
  decodeDocument,
  encodeDocument,
  formatCounter,
  formatTime,
  NO_HASH,
  type NodeId,
  parseSha256,
  type Receipt,
  type ReceiptBatch,
  receiptBatch,
  receipt as receiptKind,
  type Sha256Hex,
} from '@b3iq/wire';
import type { ReceiptSummary } from '@b3iq/wire/local-api';
import { rootOver } from './tree.ts';
import type { CallRecord, Hashes, HashHex, Head, Issuer, ReceiptRow } from './types.ts';

/** The head of a chain that has no receipt yet. */
export const EMPTY_HEAD: Head = { seq: 0, hash: NO_HASH, batchSeq: 0, batchHash: NO_HASH };

/** 24 h: the longest time a receipt can say. */
const MAX_MS = 86_400_000;
const bounded = (ms: number): number => Math.min(MAX_MS, Math.max(0, Math.round(ms)));

export interface PlannedBatch {
  readonly rows: readonly ReceiptRow[];
  readonly batch: ReceiptBatch;
  /** Exact bytes to sign. */
  readonly payload: Uint8Array;
  readonly next: Head;
}

/**
 * One commit.
 * @param calls  1 – 10,000, in the order they ended     @param iatMs  whole Unix ms
 * @throws ZodError when a call does not make a receipt: a bug of the caller
 */
export function planBatch(
  calls: readonly CallRecord[],
  head: Head,
  issuer: Issuer,
  batchId: BatchId,
  iatMs: number,
  hashes: Hashes,
): PlannedBatch {
  const rows: ReceiptRow[] = [];
  let prev = hash(head.hash);
  let seq = head.seq;
  const batchSeq = head.batchSeq + 1;
  for (const call of calls) {
    seq += 1;
    const bytes = encodeDocument(receiptKind, receiptOf(call, seq, prev, issuer));
    prev = hash(hashes.hex(bytes));
    rows.push({
      seq,
      id: call.id,
      batch: batchSeq,
      bytes,
      caller: call.caller,
      startedAtMs: call.startedAtMs,
      tokens: call.promptTokens + call.completionTokens,
    });
  }
  const batch: ReceiptBatch = {
    iss: issuer.nodeId as NodeId, // checked by encodeDocument below
    jti: batchId,
    seq: formatCounter(batchSeq),
    iat: formatTime(iatMs),
    key_epoch: issuer.keyEpoch,
    first_seq: formatCounter(head.seq + 1),
    last_seq: formatCounter(seq),
    count: formatCounter(calls.length),
    root: hash(
      bytesToHex(
        rootOver(
          rows.map(({ bytes }) => bytes),
          hashes.parts,
        ),
      ),
    ),
    head: prev,
    prev: hash(head.batchHash),
  };
  const payload = encodeDocument(receiptBatch, batch);
  return { rows, batch, payload, next: { seq, hash: prev, batchSeq, batchHash: hashes.hex(payload) } };
}

function receiptOf(call: CallRecord, seq: number, prev: Sha256Hex, issuer: Issuer): Receipt {
  return {
    kind: 'b3iq.receipt.v1',
    id: call.id as Receipt['id'], // checked by encodeDocument, as is everything here
    seq: formatCounter(seq),
    prev,
    node_id: issuer.nodeId as NodeId, // same
    endpoint: call.endpoint,
    model: call.model,
    caller: call.caller as Receipt['caller'], // same
    status: call.status,
    http_status: call.httpStatus,
    prompt_tokens: formatCounter(call.promptTokens),
    completion_tokens: formatCounter(call.completionTokens),
    token_source: call.tokenSource,
    started_at: formatTime(call.startedAtMs),
    duration_ms: bounded(call.durationMs),
    ...(call.firstTokenMs === undefined ? {} : { first_token_ms: bounded(call.firstTokenMs) }),
  };
}

function hash(hex: string): Sha256Hex {
  const parsed = parseSha256(hex);
  if (parsed === undefined) throw new RangeError('expected a SHA-256 in hex');
  return parsed;
}

/** A receipt as lists show it; undefined when the bytes are no receipt. */
export function summaryOf(bytes: Uint8Array, sha256: HashHex): ReceiptSummary | undefined {
  const receipt = decodeDocument(receiptKind, bytes);
  if (receipt === undefined) return undefined;
  return {
    id: receipt.id,
    seq: counterToNumber(receipt.seq),
    at: receipt.started_at,
    endpoint: receipt.endpoint,
    model: receipt.model,
    caller: receipt.caller,
    status: receipt.status,
    prompt_tokens: counterToNumber(receipt.prompt_tokens),
    completion_tokens: counterToNumber(receipt.completion_tokens),
    token_source: receipt.token_source,
    duration_ms: receipt.duration_ms,
    hash: sha256(bytes),
  };
}
