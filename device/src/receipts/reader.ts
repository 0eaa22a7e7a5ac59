/**
 * Answers questions about the ledger on a read-only connection of its own.
 * Separate from the writer so that a long list or a whole verification never holds up an answer's receipt.
 */
import type { DatabaseSync } from 'node:sqlite';
import { receiptBatch, Verifier } from '@b3iq/wire';
import type { ReceiptProof, ReceiptsAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import { nodeVerifyKey } from '@b3iq/wire/sign-node';
import { CodedError } from '../errors.ts';
import { explained, openForReading } from './database.ts';
import { sha256Hex } from './hash.ts';
import { summaryOf } from './plan.ts';
import { buildProof } from './proof.ts';
import {
  FIRST_AFTER,
  NEXT_BATCH,
  ONE_BATCH,
  PAGE_BEFORE,
  RECEIPT_BY_ID,
  RECEIPTS_OF_BATCH,
  TOTAL,
  USAGE_BY_DAY,
  USAGE_SINCE,
} from './queries.ts';
import { readBatch, readReceipt, readReceipts, readUsage } from './rows.ts';
import type { TimeSpan, UsageCount } from './types.ts';
import { ChainWalk } from './verify.ts';

/** What the file tells of itself; whether it can be added to, its writer knows. */
export type ReceiptList = Omit<ReceiptsAnswer, 'damaged'>;

export interface ListQuery {
  /** 1–200. */
  readonly limit: number;
  /** Only receipts with a smaller seq. */
  readonly before?: number;
}
export type Usage = ReadonlyMap<string, { readonly tokens: number; readonly lastAtMs: number }>;

const reading = <T>(work: () => T): T => explained(work, 'reading');

export class LedgerReader {
  readonly #db: DatabaseSync;
  readonly #publicKey: Uint8Array;

  /** @param publicKey  raw 32 bytes, the key the chain must be signed with     @throws ledger_unavailable */
  constructor(path: string, publicKey: Uint8Array) {
    this.#db = openForReading(path);
    this.#publicKey = publicKey;
  }

  /** Newest first. */
  list({ limit, before }: ListQuery): ReceiptList {
    return reading(() => {
      const top = before ?? Number.MAX_SAFE_INTEGER;
      // One more than asked tells whether there is a next page.
      const rows = readReceipts(this.#db.prepare(PAGE_BEFORE).all(top, limit + 1));
      const shown = rows.slice(0, limit);
      return {
        receipts: shown.map((row) => summaryOf(row.bytes, sha256Hex)).filter((row) => row !== undefined),
        total: Number(this.#db.prepare(TOTAL).get()?.count ?? 0),
        next_before: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null,
      };
    });
  }

  /** @throws receipt_not_found */
  proof(id: string): ReceiptProof {
    return reading(() => {
      const row = readReceipt(this.#db.prepare(RECEIPT_BY_ID).get(id));
      const batch = row && readBatch(this.#db.prepare(ONE_BATCH).get(row.batch));
      if (row === undefined || batch === undefined) throw new CodedError('receipt_not_found');
      const rows = readReceipts(this.#db.prepare(RECEIPTS_OF_BATCH).all(row.batch));
      return buildProof(batch, rows, row.seq, this.#publicKey);
    });
  }

  usageSince(sinceMs: number): Usage {
    return reading(
      () =>
        new Map(
          this.#db
            .prepare(USAGE_SINCE)
            .all(sinceMs)
            .map((row) => [
              String(row.caller),
              { tokens: Number(row.tokens), lastAtMs: Number(row.lastAtMs) },
            ]),
        ),
    );
  }

  usageByDay({ fromMs, toMs }: TimeSpan): readonly UsageCount[] {
    return reading(() => this.#db.prepare(USAGE_BY_DAY).all(fromMs, toMs).map(readUsage));
  }

  /** From the first receipt to the last there was when it began. */
  verify(): VerifyAnswer {
    return reading(() => {
      const key = nodeVerifyKey(this.#publicKey);
      if (key === undefined)
        throw new CodedError(
          'invalid_request',
          'That public key is no Ed25519 key that could have signed this.',
        );
      const walk = new ChainWalk(
        new Verifier([{ key, payloadTypes: [receiptBatch.payloadType] }]),
        sha256Hex,
      );
      const next = this.#db.prepare(NEXT_BATCH);
      const receiptsOf = this.#db.prepare(RECEIPTS_OF_BATCH);
      for (;;) {
        const batch = readBatch(next.get(walk.head.batchSeq + 1));
        if (batch === undefined) break;
        const broken = walk.step(batch, readReceipts(receiptsOf.all(batch.seq)));
        if (broken !== undefined) return answer(walk, broken);
      }
      // Read after the batches: a receipt of a commit that came meanwhile has its batch, and is not this walk's.
      const stray = readReceipt(this.#db.prepare(FIRST_AFTER).get(walk.head.seq));
      const unsigned = stray !== undefined && this.#db.prepare(ONE_BATCH).get(stray.batch) === undefined;
      return answer(
        walk,
        unsigned
          ? { seq: stray.seq, reason: `Receipt ${stray.seq} is covered by no signed batch.` }
          : undefined,
      );
    });
  }

  close(): void {
    this.#db.close();
  }
}

function answer(walk: ChainWalk, broken: VerifyAnswer['first_break'] | undefined): VerifyAnswer {
  return {
    ok: broken === undefined,
    receipts: walk.receipts,
    batches: walk.batches,
    head: walk.receipts === 0 ? null : walk.head.hash,
    first_break: broken ?? null,
  };
}

/**
 * Proves a ledger file without the agent, or beside it.
 * @param publicKey  raw 32 bytes     @throws ledger_unavailable when the file cannot be read as a ledger
 */
export function verifyLedgerFile(path: string, publicKey: Uint8Array): VerifyAnswer {
  const reader = new LedgerReader(path, publicKey);
  try {
    return reader.verify();
  } finally {
    reader.close();
  }
}
