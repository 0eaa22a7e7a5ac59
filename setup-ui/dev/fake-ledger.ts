/** A ledger in memory with real signatures and real Merkle paths, so that “Verify” in the page has something to prove. */
import { createHash } from 'node:crypto';
import {
  bytesToHex,
  encodeDocument,
  leafHash,
  merklePath,
  merkleRoot,
  nodeIdOf,
  publicKeyOf,
  receiptBatch,
  receipt as receiptKind,
  seedSigner,
  signDocument,
} from '@b3iq/wire';
import type { ReceiptProof, ReceiptSummary } from '@b3iq/wire/local-api';

/** A key for previews only, in no sense a secret. */
const seed = new Uint8Array(32).fill(7);
const publicKey = publicKeyOf(seed);
export const nodeId = nodeIdOf(publicKey);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ulid = (seq: number): string => `01KAB3TQ5Z${String(seq).padStart(16, '0')}`;
const NO_HASH = '0'.repeat(64);
/** Receipts in one signed batch. */
const BATCH = 4;

export class FakeLedger {
  readonly #receipts: { readonly bytes: Uint8Array; readonly row: ReceiptSummary }[] = [];

  /** Newest first. */
  rows(): readonly ReceiptSummary[] {
    return this.#receipts.map(({ row }) => row).toReversed();
  }

  add(fields: Partial<ReceiptSummary> = {}): ReceiptSummary {
    const seq = this.#receipts.length + 1;
    const at = fields.at ?? new Date().toISOString();
    const prev = this.#receipts.at(-1)?.row.hash ?? NO_HASH;
    const said = {
      id: `rcpt_${ulid(seq)}`,
      seq,
      at,
      endpoint: '/v1/chat/completions',
      model: 'b3iq-selftest',
      caller: 'owner',
      status: 'completed' as const,
      prompt_tokens: 14,
      completion_tokens: 31,
      token_source: 'engine' as const,
      duration_ms: 412,
      ...fields,
    };
    const { seq: _seq, at: _at, ...rest } = said;
    const parsed = receiptKind.schema.parse({
      kind: 'b3iq.receipt.v1',
      ...rest,
      seq: String(seq),
      prev,
      node_id: nodeId,
      http_status: said.status === 'failed' ? 502 : 200,
      prompt_tokens: String(said.prompt_tokens),
      completion_tokens: String(said.completion_tokens),
      started_at: at,
    });
    const bytes = encodeDocument(receiptKind, parsed);
    const row: ReceiptSummary = { ...said, hash: sha256(bytes) };
    this.#receipts.push({ bytes, row });
    return row;
  }

  /** The batch of four around the receipt, signed on the spot. */
  proof(id: string): ReceiptProof | undefined {
    const at = this.#receipts.findIndex(({ row }) => row.id === id);
    if (at < 0) return undefined;
    const first = at - (at % BATCH);
    const members = this.#receipts.slice(first, first + BATCH);
    const leaves = members.map(({ bytes }) => leafHash(bytes));
    const chosen = members[at - first];
    const leaf = leaves[at - first];
    if (chosen === undefined || leaf === undefined) return undefined;
    const batch = receiptBatch.schema.parse({
      iss: nodeId,
      jti: `batch_${ulid(first + 1)}`,
      seq: String(first / BATCH + 1),
      iat: new Date().toISOString(),
      key_epoch: 0,
      first_seq: String(first + 1),
      last_seq: String(first + members.length),
      count: String(members.length),
      root: bytesToHex(merkleRoot(leaves)),
      head: members.at(-1)?.row.hash,
      prev: NO_HASH,
    });
    return {
      receipt: new TextDecoder().decode(chosen.bytes),
      leaf: bytesToHex(leaf),
      path: merklePath(leaves, at - first).map(({ hash, left }) => ({ hash: bytesToHex(hash), left })),
      batch: signDocument(receiptBatch, batch, seedSigner(seed)),
      public_key: bytesToHex(publicKey),
    };
  }
}
