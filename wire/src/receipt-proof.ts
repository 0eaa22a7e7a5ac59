/**
 * One receipt, proven alone: from its exact bytes up the tree to a signed root, with nothing but the node's key.
 * Separate from the ledger, so that a page, a customer or an auditor can check a receipt without the machine.
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from './bytes.ts';
import { decodeDocument, readDocument } from './document.ts';
import { type NodeId, nodeIdOf } from './ids.ts';
import type { ReceiptProof } from './local-api.ts';
import { leafHash, type PathStep, rootOfPath } from './merkle.ts';
import { type Receipt, receipt as receiptKind } from './receipt.ts';
import { RECEIPT_BATCH_TYPE, receiptBatch } from './receipt-batch.ts';
import { type Refusal, Verifier, type VerifyKey, verifyKey } from './sign.ts';

/** 4 KiB: eight times a receipt with the longest allowed fields. */
const MAX_RECEIPT_CHARACTERS = 4096;

export type ProofFault =
  | { readonly stage: 'key'; readonly reason: 'unusable-key' | 'other-key' }
  | { readonly stage: 'batch'; readonly reason: Refusal | 'not-the-document' }
  | { readonly stage: 'receipt'; readonly reason: 'malformed' | 'too-large' }
  | { readonly stage: 'place'; readonly reason: 'other-node' | 'outside-the-batch' }
  | { readonly stage: 'root'; readonly reason: 'other-leaf' | 'bad-path' | 'other-root' };

export type ProofAnswer =
  | { readonly ok: true; readonly receipt: Receipt }
  | ({ readonly ok: false } & ProofFault);

/**
 * Whether the machine that holds `publicKey` signed for this receipt.
 * @param proof      as from `GET /api/receipts/{id}`, believed in nothing
 * @param publicKey  32 bytes the caller trusts, from anywhere but the proof
 * @param nodeId     the node the key belongs to; derived from the key while it is the node's first
 * @param toKey      how to verify; a program may pass `nodeVerifyKey`
 */
export function verifyReceiptProof(
  proof: ReceiptProof,
  publicKey: Uint8Array,
  nodeId: NodeId = nodeIdOf(publicKey),
  toKey: (publicKey: Uint8Array) => VerifyKey | undefined = verifyKey,
): ProofAnswer {
  const key = toKey(publicKey);
  if (key === undefined) return { ok: false, stage: 'key', reason: 'unusable-key' };
  if (proof.public_key !== bytesToHex(publicKey)) return { ok: false, stage: 'key', reason: 'other-key' };

  const verifier = new Verifier([{ key, payloadTypes: [RECEIPT_BATCH_TYPE] }]);
  const batch = readDocument(receiptBatch, verifier, proof.batch);
  if (!batch.ok) return { ok: false, stage: 'batch', reason: batch.reason };

  if (proof.receipt.length > MAX_RECEIPT_CHARACTERS)
    return { ok: false, stage: 'receipt', reason: 'too-large' };
  const bytes = utf8ToBytes(proof.receipt);
  const receipt = decodeDocument(receiptKind, bytes);
  if (receipt === undefined) return { ok: false, stage: 'receipt', reason: 'malformed' };

  if (receipt.node_id !== nodeId || batch.document.iss !== nodeId)
    return { ok: false, stage: 'place', reason: 'other-node' };
  // BigInt, since counters go to 2^64; the difference is bounded by `count`, which is checked with the batch.
  const index = Number(BigInt(receipt.seq) - BigInt(batch.document.first_seq));
  const size = Number(batch.document.count);
  if (index < 0 || index >= size) return { ok: false, stage: 'place', reason: 'outside-the-batch' };

  const leaf = leafHash(bytes);
  if (proof.leaf !== bytesToHex(leaf)) return { ok: false, stage: 'root', reason: 'other-leaf' };
  const path = readPath(proof.path);
  const root = path === undefined ? undefined : rootOfPath(leaf, index, size, path);
  if (root === undefined) return { ok: false, stage: 'root', reason: 'bad-path' };
  return bytesToHex(root) === batch.document.root
    ? { ok: true, receipt }
    : { ok: false, stage: 'root', reason: 'other-root' };
}

/** Path steps from JSON; undefined when a hash is not 64 hex characters or there are more steps than a tree has. */
function readPath(path: ReceiptProof['path']): readonly PathStep[] | undefined {
  if (path.length > 32) return undefined;
  const steps: PathStep[] = [];
  for (const { hash: hex, left } of path) {
    const hash = hexToBytes(hex, 32);
    if (hash === undefined) return undefined;
    steps.push({ hash, left });
  }
  return steps;
}
