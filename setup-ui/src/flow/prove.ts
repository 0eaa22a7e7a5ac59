/** Whether a receipt's proof holds, and what the signed receipt says. Separate so that the page stays free of cryptography. */
import { decodeDocument, hexToBytes, nodeIdOf, type Receipt, receipt, utf8ToBytes } from '@b3iq/wire';
import type { ReceiptProof } from '@b3iq/wire/local-api';
import { verifyReceiptProof } from '@b3iq/wire/receipt-proof';

/** What the receipt's own bytes say, proven or not; undefined when they are no receipt. */
export function readReceipt(proof: ReceiptProof): Receipt | undefined {
  return decodeDocument(receipt, utf8ToBytes(proof.receipt));
}

/**
 * Verifies bytes, path and signature in plain JavaScript; a page on plain http has no `crypto.subtle`.
 * @param id      the receipt that was asked for
 * @param nodeId  the machine it must come from: its id is made from its key, so a foreign key cannot pass
 */
export function proves(proof: ReceiptProof, id: string, nodeId: string): boolean {
  const key = hexToBytes(proof.public_key, 32);
  if (key === undefined || nodeIdOf(key) !== nodeId) return false;
  const answer = verifyReceiptProof(proof, key);
  return answer.ok && answer.receipt.id === id;
}
