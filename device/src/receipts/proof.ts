/** One receipt with its path to the signed root. Separate because the ledger, its fake and tests all hand them out. */
import { bytesToHex, leafHash, merklePath } from '@b3iq/wire';
import type { ReceiptProof } from '@b3iq/wire/local-api';
import type { BatchRow, ReceiptRow } from './types.ts';

/**
 * @param rows       all receipts of the batch, in order     @param seq  of the one to prove, among them
 * @param publicKey  raw 32 bytes
 */
export function buildProof(
  batch: BatchRow,
  rows: readonly ReceiptRow[],
  seq: number,
  publicKey: Uint8Array,
): ReceiptProof {
  const index = rows.findIndex((row) => row.seq === seq);
  const leaves = rows.map((row) => leafHash(row.bytes));
  const path = merklePath(leaves, index);
  return {
    receipt: new TextDecoder().decode(rows[index]?.bytes),
    leaf: bytesToHex(leaves[index] ?? new Uint8Array()),
    path: path.map(({ hash, left }) => ({ hash: bytesToHex(hash), left })),
    batch: JSON.parse(batch.envelope),
    public_key: bytesToHex(publicKey),
  };
}
