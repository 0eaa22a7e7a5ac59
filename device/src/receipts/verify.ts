/**
 * Walks a chain of receipts and names the first break.
 * Separate and free of I/O: the same steps serve the running agent, the command line and an auditor's copy of the file.
 * What it cannot see is a cut tail: a chain that merely ends early is whole.
 */
import {
  bytesToHex,
  counterToNumber,
  decodeDocument,
  leafHash,
  merkleRoot,
  type Receipt,
  type ReceiptBatch,
  type Refusal,
  readDocument,
  receiptBatch,
  receipt as receiptKind,
  timeToMs,
  type Verifier,
} from '@b3iq/wire';
import { EMPTY_HEAD } from './plan.ts';
import type { BatchRow, HashHex, Head, ReceiptRow } from './types.ts';

export interface Break {
  /** `seq` of the receipt where trust ends. */
  readonly seq: number;
  /** One plain sentence. */
  readonly reason: string;
}

export class ChainWalk {
  readonly #verifier: Verifier;
  readonly #sha256: HashHex;
  #head: Head;
  #issuer: string | undefined;
  #receipts = 0;
  #batches = 0;

  /** @param verifier  trusts the node's key for receipt batches     @param head  where to begin; the very start unless told */
  constructor(verifier: Verifier, sha256: HashHex, head: Head = EMPTY_HEAD) {
    this.#verifier = verifier;
    this.#sha256 = sha256;
    this.#head = head;
  }

  /** The end of what has been proven. */
  get head(): Head {
    return this.#head;
  }
  get receipts(): number {
    return this.#receipts;
  }
  get batches(): number {
    return this.#batches;
  }

  /** The next batch with its receipts, both in order of `seq`. @returns the break in it, if there is one */
  step(row: BatchRow, rows: readonly ReceiptRow[]): Break | undefined {
    const head = this.#head;
    const at = (reason: string): Break => ({ seq: head.seq + 1, reason });
    if (row.seq !== head.batchSeq + 1) return at(`Batch ${head.batchSeq + 1} is missing.`);
    const read = readDocument(receiptBatch, this.#verifier, parseEnvelope(row.envelope));
    if (!read.ok) return at(`The signature of batch ${row.seq} does not hold: ${WHY[read.reason]}.`);
    const batch = read.document;
    const misplaced = misplacement(batch, row.seq, head, this.#issuer);
    if (misplaced !== undefined) return at(misplaced);
    const last = counterToNumber(batch.last_seq);
    const broken = missing(rows, head.seq + 1, last) ?? altered(rows, batch, head, this.#sha256);
    if (broken !== undefined) return broken;
    this.#issuer = batch.iss;
    this.#receipts += rows.length;
    this.#batches += 1;
    this.#head = {
      seq: last,
      hash: batch.head,
      batchSeq: row.seq,
      batchHash: this.#sha256(read.payload),
    };
    return undefined;
  }
}

const WHY: Readonly<Record<Refusal | 'not-the-document', string>> = {
  malformed: 'it is not an envelope',
  'too-large': 'it is too large',
  'wrong-type': 'it was signed as something else',
  'too-many-signatures': 'it carries too many signatures',
  'unknown-key': 'another key signed it',
  'key-not-allowed': 'its key may not sign receipts',
  'bad-signature': 'its bytes were changed after signing',
  'duplicate-key': 'one key signed it twice',
  'too-few-signatures': 'it carries no signature',
  'not-the-document': 'it is no receipt batch',
};

function parseEnvelope(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why a properly signed batch does not belong here. */
function misplacement(
  batch: ReceiptBatch,
  seq: number,
  head: Head,
  issuer: string | undefined,
): string | undefined {
  if (batch.seq !== String(seq)) return `Batch ${seq} is signed as batch ${batch.seq}.`;
  if (batch.prev !== head.batchHash) return `Batch ${seq} does not follow from batch ${seq - 1}.`;
  if (batch.first_seq !== String(head.seq + 1))
    return `Batch ${seq} begins at receipt ${batch.first_seq}, not at ${head.seq + 1}.`;
  if (issuer !== undefined && batch.iss !== issuer) return `Batch ${seq} is from another machine.`;
  return undefined;
}

function missing(rows: readonly ReceiptRow[], first: number, last: number): Break | undefined {
  for (let i = 0; i <= last - first; i++)
    if (rows[i]?.seq !== first + i) return { seq: first + i, reason: `Receipt ${first + i} is missing.` };
  return rows.length === last - first + 1
    ? undefined
    : { seq: last + 1, reason: `Receipt ${last + 1} stands in a batch that does not cover it.` };
}

/**
 * The first receipt whose bytes are not the signed ones. The signed head vouches for the last receipt, whose `prev`
 * vouches for the one before it, and so on back; so it is the changed receipt that is named, not its neighbour.
 */
function altered(
  rows: readonly ReceiptRow[],
  batch: ReceiptBatch,
  head: Head,
  sha256: HashHex,
): Break | undefined {
  const receipts = rows.map((row) => decodeDocument(receiptKind, row.bytes));
  let first: number | undefined;
  let expected: string | undefined = batch.head;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row === undefined) continue;
    const isSigned: boolean = expected === undefined || sha256(row.bytes) === expected;
    if (!isSigned) first = i;
    // Behind a changed receipt its `prev` vouches for nothing.
    expected = isSigned ? receipts[i]?.prev : undefined;
  }
  const root = bytesToHex(merkleRoot(rows.map((row) => leafHash(row.bytes))));
  if (first === undefined && (root !== batch.root || receipts[0]?.prev !== head.hash)) first = 0;
  if (first !== undefined) {
    const seq = rows[first]?.seq ?? head.seq + 1;
    return { seq, reason: `Receipt ${seq} is not the one that was signed: its bytes were changed.` };
  }
  for (const [i, row] of rows.entries()) {
    const fault = mismatch(row, receipts[i], batch);
    if (fault !== undefined) return { seq: row.seq, reason: fault };
  }
  return undefined;
}

/** What the row says beside the bytes must be what the bytes say: budgets are rebuilt from it. */
function mismatch(row: ReceiptRow, receipt: Receipt | undefined, batch: ReceiptBatch): string | undefined {
  if (receipt === undefined) return `Receipt ${row.seq} cannot be read.`;
  if (receipt.node_id !== batch.iss) return `Receipt ${row.seq} is from another machine.`;
  const tokens = counterToNumber(receipt.prompt_tokens) + counterToNumber(receipt.completion_tokens);
  const same =
    receipt.seq === String(row.seq) &&
    receipt.id === row.id &&
    receipt.caller === row.caller &&
    timeToMs(receipt.started_at) === row.startedAtMs &&
    tokens === row.tokens;
  return same ? undefined : `The index of receipt ${row.seq} does not say what the receipt says.`;
}
