import { randomBytes } from 'node:crypto';
import { newBatchId, receiptBatch, sign, Verifier } from '@b3iq/wire';
import { nodeSigner, nodeVerifyKey } from '@b3iq/wire/sign-node';
import { describe, expect, it } from 'vitest';
import { openssl, sha256Hex } from './hash.ts';
import { EMPTY_HEAD, planBatch } from './plan.ts';
import { testCall, testIdentity } from './test-call.ts';
import type { BatchRow, ReceiptRow } from './types.ts';
import { type Break, ChainWalk } from './verify.ts';

const identity = testIdentity();
const other = testIdentity();

interface Chain {
  batches: BatchRow[];
  rows: ReceiptRow[];
}

/** Batches of the given sizes, signed by `by`. */
function chain(sizes: readonly number[], by = identity): Chain {
  let head = EMPTY_HEAD;
  const made: Chain = { batches: [], rows: [] };
  for (const size of sizes) {
    const calls = Array.from({ length: size }, () => testCall());
    const planned = planBatch(calls, head, by, newBatchId(0, randomBytes(10)), Date.UTC(2026, 0, 1), openssl);
    const envelope = sign(receiptBatch.payloadType, planned.payload, nodeSigner(by.privateKey));
    made.batches.push({ seq: planned.next.batchSeq, envelope: JSON.stringify(envelope) });
    made.rows.push(...planned.rows);
    head = planned.next;
  }
  return made;
}

function walk({ batches, rows }: Chain): { readonly broken: Break | undefined; readonly receipts: number } {
  const key = nodeVerifyKey(identity.publicKey);
  if (key === undefined) throw new Error('expected a key');
  const steps = new ChainWalk(new Verifier([{ key, payloadTypes: [receiptBatch.payloadType] }]), sha256Hex);
  for (const batch of batches) {
    const broken = steps.step(
      batch,
      rows.filter((row) => row.batch === batch.seq),
    );
    if (broken !== undefined) return { broken, receipts: steps.receipts };
  }
  return { broken: undefined, receipts: steps.receipts };
}

const edit = (row: ReceiptRow, from: string, to: string): ReceiptRow => ({
  ...row,
  bytes: Buffer.from(Buffer.from(row.bytes).toString('utf8').replace(from, to)),
});
const change = (made: Chain, seq: number, how: (row: ReceiptRow) => ReceiptRow | undefined): Chain => ({
  ...made,
  rows: made.rows.map((row) => (row.seq === seq ? how(row) : row)).filter((row) => row !== undefined),
});

describe('a walk along the chain', () => {
  const good = chain([1, 3, 5, 1]);

  it('finds a whole chain whole, and a cut tail as well: that it cannot see', () => {
    expect(walk(good)).toEqual({ broken: undefined, receipts: 10 });
    expect(walk({ ...good, batches: good.batches.slice(0, 2) })).toEqual({ broken: undefined, receipts: 4 });
  });

  it('names the very receipt that was changed, wherever it stands and whatever was changed in it', () => {
    for (let seq = 1; seq <= 10; seq++) {
      expect(
        walk(change(good, seq, (row) => edit(row, '"completion_tokens":"30"', '"completion_tokens":"3"')))
          .broken?.seq,
      ).toBe(seq);
      expect(walk(change(good, seq, (row) => edit(row, '"prev":"', '"prev":"0'))).broken?.seq).toBe(seq);
      expect(walk(change(good, seq, (row) => edit(row, '{', ' {'))).broken?.seq).toBe(seq);
      expect(walk(change(good, seq, (row) => ({ ...row, bytes: new Uint8Array() }))).broken?.seq).toBe(seq);
    }
  });

  it('names the first when several were changed', () => {
    const two = change(
      change(good, 6, (row) => edit(row, '"30"', '"31"')),
      8,
      (row) => edit(row, '"30"', '"31"'),
    );
    expect(walk(two).broken?.seq).toBe(6);
  });

  it('names a receipt that is missing, doubled or swapped', () => {
    for (const seq of [1, 3, 6, 9, 10])
      expect(walk(change(good, seq, () => undefined)).broken).toEqual({
        seq,
        reason: `Receipt ${seq} is missing.`,
      });
    const swapped = change(
      change(good, 6, (row) => ({ ...row, seq: 7 })),
      7,
      (row) => row,
    );
    expect(walk({ ...swapped, rows: swapped.rows.toSorted((a, b) => a.seq - b.seq) }).broken?.seq).toBe(6);
    const [first] = good.rows;
    if (first === undefined) throw new Error('expected a receipt');
    expect(
      walk({ ...good, rows: [first, { ...first, seq: 2, batch: 1 }, ...good.rows.slice(1)] }).broken?.seq,
    ).toBe(2);
  });

  it('sees an index that says something else than the receipt', () => {
    for (const wrong of [
      { tokens: 1 },
      { caller: 'owner' },
      { startedAtMs: 5 },
      { id: 'rcpt_00000000000000000000000000' },
    ])
      expect(walk(change(good, 3, (row) => ({ ...row, ...wrong }))).broken).toEqual({
        seq: 3,
        reason: 'The index of receipt 3 does not say what the receipt says.',
      });
  });

  it('sees batches that are missing, forged, from elsewhere or out of place', () => {
    const without = { ...good, batches: good.batches.filter(({ seq }) => seq !== 2) };
    expect(walk(without).broken).toEqual({ seq: 2, reason: 'Batch 2 is missing.' });
    expect(walk(chain([2], other)).broken?.reason).toMatch(/another key signed it/);
    const second = good.batches[1];
    const forge = (how: (envelope: string) => string): Chain => ({
      ...good,
      batches: good.batches.map((batch) =>
        batch === second ? { ...batch, envelope: how(batch.envelope) } : batch,
      ),
    });
    expect(walk(forge(() => 'nonsense')).broken?.seq).toBe(2);
    expect(
      walk(
        forge((text) => {
          const envelope = JSON.parse(text);
          const payload = Buffer.from(envelope.payload, 'base64')
            .toString('utf8')
            .replace('"count":"3"', '"count":"4"');
          return JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') });
        }),
      ).broken?.reason,
    ).toMatch(/changed after signing/);
    // A second chain of the same machine, as after a restored backup: each batch is properly signed.
    const fork = chain([1, 3, 5, 1]);
    expect(
      walk({ batches: [...good.batches.slice(0, 1), ...fork.batches.slice(1)], rows: fork.rows }).broken,
    ).toMatchObject({ seq: 1 });
    const spliced = {
      batches: [...good.batches.slice(0, 2), ...fork.batches.slice(2)],
      rows: [...good.rows.slice(0, 4), ...fork.rows.slice(4)],
    };
    expect(walk(spliced).broken).toEqual({ seq: 5, reason: 'Batch 3 does not follow from batch 2.' });
  });
});
