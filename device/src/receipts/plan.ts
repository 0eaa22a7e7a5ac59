/**
 * Calls and the chain's head → receipts in order and the batch that covers them.
 * Separate and pure: what is signed and stored is decided here, so the ledger, its fake and a test agree byte for byte.
 */
import {
  type BatchId,
  bytesToHex,
  counterToNumber,
  decodeDocument,
  formatCounter,
  formatTime,
  NO_HASH,
  type NodeId,
  parseNodeId,
  parseReceiptId,
  type Receipt,
  type ReceiptBatch,
  receipt as receiptKind,
  type Sha256Hex,
  utf8ToBytes,
} from '@b3iq/wire';
import type { ReceiptSummary } from '@b3iq/wire/local-api';
import { rootOver } from './tree.ts';
import type { CallRecord, Hashes, HashHex, Head, Issuer, ReceiptRow } from './types.ts';

/** The head of a chain that has no receipt yet. */
export const EMPTY_HEAD: Head = { seq: 0, hash: NO_HASH, batchSeq: 0, batchHash: NO_HASH };

/** 24 h: the longest time a receipt can say. */
const MAX_MS = 86_400_000;
function bounded(ms: number): number {
  if (Number.isNaN(ms)) throw new RangeError('expected ms, got NaN');
  return Math.min(MAX_MS, Math.max(0, Math.round(ms)));
}

/**
 * Documents are written here in the order of their schemas, and `plan.test.ts` holds them to the schemas byte for
 * byte: measured, a schema costs 15 µs a receipt and 9 µs a batch, this about 1 µs each.
 */
const bytesOf = (document: Receipt | ReceiptBatch): Uint8Array => utf8ToBytes(JSON.stringify(document));

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
 * @throws RangeError, ZodError when a call does not make a receipt: a bug of the caller
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
  const nodeId = checked(parseNodeId(issuer.nodeId), 'node id');
  let prev = head.hash as Sha256Hex; // of EMPTY_HEAD, or made by a hash below
  let seq = head.seq;
  const batchSeq = head.batchSeq + 1;
  for (const call of calls) {
    seq += 1;
    const bytes = bytesOf(receiptOf(call, seq, prev, nodeId));
    prev = hashes.hex(bytes) as Sha256Hex; // a hash always fits the pattern
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
  const root = rootOver(
    rows.map(({ bytes }) => bytes),
    hashes.parts,
  );
  const batch: ReceiptBatch = {
    iss: nodeId,
    jti: batchId,
    seq: formatCounter(batchSeq),
    iat: formatTime(iatMs),
    key_epoch: issuer.keyEpoch,
    first_seq: formatCounter(head.seq + 1),
    last_seq: formatCounter(seq),
    count: formatCounter(calls.length),
    root: bytesToHex(root) as Sha256Hex, // same
    head: prev,
    prev: head.batchHash as Sha256Hex, // same
  };
  const payload = bytesOf(batch);
  return { rows, batch, payload, next: { seq, hash: prev, batchSeq, batchHash: hashes.hex(payload) } };
}

function receiptOf(call: CallRecord, seq: number, prev: Sha256Hex, nodeId: NodeId): Receipt {
  const receipt: Receipt = {
    kind: 'b3iq.receipt.v1',
    id: checked(parseReceiptId(call.id), 'receipt id'),
    seq: formatCounter(seq),
    prev,
    node_id: nodeId,
    endpoint: call.endpoint,
    model: call.model,
    caller: call.caller as Receipt['caller'], // checked below, by the schema
    status: call.status,
    http_status: call.httpStatus,
    prompt_tokens: formatCounter(call.promptTokens),
    completion_tokens: formatCounter(call.completionTokens),
    token_source: call.tokenSource,
    started_at: formatTime(call.startedAtMs),
    duration_ms: bounded(call.durationMs),
    ...(call.firstTokenMs === undefined ? {} : { first_token_ms: bounded(call.firstTokenMs) }),
  };
  requireWords(receipt);
  return receipt;
}

/** What passed the schema. The same few words come back in every receipt, so asking once for each is enough. */
const passed = new Set<string>();
/** Combinations kept: one for each key, model and outcome of a busy machine. */
const MAX_PASSED = 10_000;

/** Every other field is right by how it was made; these come from outside. @throws ZodError */
function requireWords(receipt: Receipt): void {
  const { endpoint, model, caller, status, http_status, token_source } = receipt;
  // No field may hold a line break, so no two combinations share a text.
  const words = `${endpoint}\n${model}\n${caller}\n${status}\n${http_status}\n${token_source}`;
  if (passed.has(words)) return;
  receiptKind.schema.parse(receipt);
  if (passed.size >= MAX_PASSED) passed.clear();
  passed.add(words);
}

function checked<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`expected a ${what}`);
  return value;
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
