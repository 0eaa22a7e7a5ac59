/**
 * A batch of receipts: one signature over the Merkle root of what one commit made durable.
 * Separate from the receipt so that signing costs the same for one call or five hundred.
 */
import * as z from 'zod/mini';
import { payloadTypeOf } from './document.ts';
import { batchId, counter, nodeId, sha256Hex, time, whole } from './fields.ts';

export const RECEIPT_BATCH_TYPE = payloadTypeOf('receipt-batch', 1);

/** Version 1, signed by the node's key. Batches form a chain of their own through `prev`. */
export const receiptBatch = {
  payloadType: RECEIPT_BATCH_TYPE,
  schema: z
    .strictObject({
      iss: nodeId,
      jti: batchId,
      /** 1 for the machine's first batch, then one more each. */
      seq: counter,
      iat: time,
      key_epoch: whole(),
      /** The receipts' own `seq`, first and last, without a gap. */
      first_seq: counter,
      last_seq: counter,
      /** `last_seq - first_seq + 1`, at least 1. */
      count: counter,
      /** Merkle root over the receipts' bytes in order of `seq`. @see merkle.ts, RFC 6962 §2.1 */
      root: sha256Hex,
      /** SHA-256 of the last receipt's bytes: the next receipt's `prev`. */
      head: sha256Hex,
      /** SHA-256 of the previous batch's payload bytes; 64 zeros in the first. */
      prev: sha256Hex,
    })
    .check(
      z.refine((b) => b.count !== '0' && BigInt(b.last_seq) - BigInt(b.first_seq) + 1n === BigInt(b.count), {
        error: 'expected count to be last_seq - first_seq + 1',
      }),
    ),
} as const;

export type ReceiptBatch = z.infer<typeof receiptBatch.schema>;
