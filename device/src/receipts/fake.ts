/** A ledger in memory: the same receipts, chain, tree and signatures, no disk. For tests of whatever writes receipts. */
import { type KeyObject, randomBytes } from 'node:crypto';
import { newBatchId, receiptBatch, sign, Verifier } from '@b3iq/wire';
import { nodeSigner, nodeVerifyKey } from '@b3iq/wire/sign-node';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import { openssl, sha256Hex } from './hash.ts';
import { EMPTY_HEAD, planBatch, summaryOf } from './plan.ts';
import type { Ledger } from './port.ts';
import { buildProof } from './proof.ts';
import type { BatchRow, CallRecord, Head, ReceiptRow, UsageCount } from './types.ts';
import { type Break, ChainWalk } from './verify.ts';

export interface FakeLedger extends Ledger {
  /** Every call that was acknowledged, oldest first. */
  readonly calls: readonly CallRecord[];
  /** While true, every append is refused as on a full disk. */
  broken: boolean;
  /** While set, appends wait for it: a slow disk. */
  gate: Promise<void> | undefined;
}

const NOTHING_USED = { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0 };

/** @param identity  whose chain it is; `publicKey` raw 32 bytes */
export function fakeLedger(
  identity: {
    readonly nodeId: string;
    readonly keyEpoch: number;
    readonly privateKey: KeyObject;
    readonly publicKey: Uint8Array;
  },
  clock: Clock,
): FakeLedger {
  const signer = nodeSigner(identity.privateKey);
  const calls: CallRecord[] = [];
  const rows: ReceiptRow[] = [];
  const batches: BatchRow[] = [];
  let head: Head = EMPTY_HEAD;
  const receiptsOf = (batch: number) => rows.filter((row) => row.batch === batch);

  const ledger: FakeLedger = {
    calls,
    broken: false,
    gate: undefined,
    async append(call) {
      await ledger.gate;
      if (ledger.broken) throw new CodedError('ledger_unavailable');
      const id = newBatchId(clock.now(), randomBytes(10));
      const planned = planBatch([call], head, identity, id, clock.now(), openssl);
      const envelope = sign(receiptBatch.payloadType, planned.payload, signer);
      batches.push({ seq: planned.next.batchSeq, envelope: JSON.stringify(envelope) });
      rows.push(...planned.rows);
      calls.push(call);
      head = planned.next;
    },
    async list({ limit, before = Number.MAX_SAFE_INTEGER }) {
      const older = rows.filter((row) => row.seq < before).reverse();
      const shown = older.slice(0, limit);
      return {
        receipts: shown.map((row) => summaryOf(row.bytes, sha256Hex)).filter((row) => row !== undefined),
        total: rows.length,
        next_before: older.length > limit ? (shown.at(-1)?.seq ?? null) : null,
        damaged: false,
      };
    },
    async proof(id) {
      const row = rows.find((each) => each.id === id);
      const batch = row && batches[row.batch - 1];
      if (row === undefined || batch === undefined) throw new CodedError('receipt_not_found');
      return buildProof(batch, receiptsOf(row.batch), row.seq, identity.publicKey);
    },
    async verify() {
      const key = nodeVerifyKey(identity.publicKey);
      if (key === undefined) throw new CodedError('internal');
      const walk = new ChainWalk(
        new Verifier([{ key, payloadTypes: [receiptBatch.payloadType] }]),
        sha256Hex,
      );
      let broken: Break | undefined;
      for (const batch of batches) {
        broken = walk.step(batch, receiptsOf(batch.seq));
        if (broken !== undefined) break;
      }
      return {
        ok: broken === undefined,
        receipts: walk.receipts,
        batches: walk.batches,
        head: walk.receipts === 0 ? null : walk.head.hash,
        first_break: broken ?? null,
      };
    },
    async usageSince(sinceMs) {
      const usage = new Map<string, { tokens: number; lastAtMs: number }>();
      for (const { caller, startedAtMs, tokens } of rows) {
        const sum = usage.get(caller) ?? { tokens: 0, lastAtMs: 0 };
        if (startedAtMs >= sinceMs) sum.tokens += tokens;
        sum.lastAtMs = Math.max(sum.lastAtMs, startedAtMs);
        usage.set(caller, sum);
      }
      return usage;
    },
    async usageByDay({ fromMs, toMs }) {
      const sums = new Map<string, UsageCount>();
      for (const call of calls) {
        const { caller, model, startedAtMs } = call;
        if (startedAtMs < fromMs || startedAtMs >= toMs) continue;
        const day = Math.floor(startedAtMs / 86_400_000);
        const key = `${day} ${caller} ${model}`;
        const sum = sums.get(key) ?? NOTHING_USED;
        sums.set(key, {
          day,
          caller,
          model,
          calls: sum.calls + 1,
          failed: sum.failed + (call.status === 'failed' ? 1 : 0),
          promptTokens: sum.promptTokens + call.promptTokens,
          completionTokens: sum.completionTokens + call.completionTokens,
        });
      }
      return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
    },
    async setAside() {
      throw new CodedError('ledger_sound');
    },
    async total() {
      const last = rows.reduce<number | undefined>(
        (latest, row) => Math.max(latest ?? 0, row.startedAtMs),
        undefined,
      );
      return { count: rows.length, lastAtMs: last };
    },
    async prove() {},
    async close() {},
  };
  return ledger;
}
