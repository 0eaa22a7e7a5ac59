/** A receipt proves itself, and nothing but itself. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes, utf8ToBytes } from './bytes.ts';
import { signDocument } from './document.ts';
import { publicKeyOf } from './ed25519.ts';
import { nodeIdOf } from './ids.ts';
import type { ReceiptProof } from './local-api.ts';
import { leafHash } from './merkle.ts';
import { receiptBatch } from './receipt-batch.ts';
import { verifyReceiptProof } from './receipt-proof.ts';
import { seedSigner } from './sign.ts';
import { nodeVerifyKey } from './sign-node.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
const proof = read('receipt-proof.v1') as ReceiptProof; // our own file
const receipts = read('receipt.v1') as { receipt: string; leaf: string }[]; // our own file
const batch = read('receipt-batch.v1') as { signed_by: { seed: string }; document: object }; // our own file
const publicKey = hexToBytes(proof.public_key, 32) ?? expect.fail('not a key');
const signer = seedSigner(hexToBytes(batch.signed_by.seed, 32) ?? expect.fail('not a seed'));

/** The stage and reason of a refusal, or `ok`. */
function judge(change: Partial<ReceiptProof>, key = publicKey, nodeId = nodeIdOf(publicKey)): string {
  const answer = verifyReceiptProof({ ...proof, ...change }, key, nodeId, nodeVerifyKey);
  return answer.ok ? 'ok' : `${answer.stage}: ${answer.reason}`;
}
/** The batch signed anew by its own key with something changed in it. */
const resigned = (change: object) =>
  // the changed document is checked by its schema as it is signed
  signDocument(receiptBatch, { ...batch.document, ...change } as never, signer);

describe('a receipt proof', () => {
  it('is good with nothing but the node’s key, in plain JavaScript as in OpenSSL', () => {
    const answer = verifyReceiptProof(proof, publicKey);
    expect(answer).toMatchObject({ ok: true, receipt: { seq: '3', status: 'failed' } });
    expect(verifyReceiptProof(proof, publicKey, nodeIdOf(publicKey), nodeVerifyKey)).toEqual(answer);
  });
  it('is refused with another key than the trusted one', () => {
    const other = publicKeyOf(new Uint8Array(32).fill(5));
    expect(judge({}, other)).toBe('key: other-key');
    expect(judge({ public_key: bytesToHex(other) }, other)).toBe('batch: unknown-key');
    expect(judge({}, new Uint8Array(32))).toBe('key: unusable-key');
  });
  it('is refused for another node, even with its key', () => {
    expect(judge({}, publicKey, nodeIdOf(new Uint8Array(1)))).toBe('place: other-node');
    expect(judge({ batch: resigned({ iss: nodeIdOf(new Uint8Array(1)) }) })).toBe('place: other-node');
  });
  it('is refused when one character of the receipt is changed', () => {
    const changed = proof.receipt.replace('"prompt_tokens":"22"', '"prompt_tokens":"21"');
    expect(changed).not.toBe(proof.receipt);
    expect(judge({ receipt: changed })).toBe('root: other-leaf');
    expect(judge({ receipt: changed, leaf: bytesToHex(leafHash(utf8ToBytes(changed))) })).toBe(
      'root: other-root',
    );
  });
  it('is refused when the receipt is written otherwise, though it means the same', () => {
    const spaced = proof.receipt.replace(',', ', ');
    expect(judge({ receipt: spaced, leaf: bytesToHex(leafHash(utf8ToBytes(spaced))) })).toBe(
      'root: other-root',
    );
  });
  it('is refused when it is another receipt of the same batch', () => {
    for (const [i, other] of receipts.entries())
      if (i !== 2)
        expect(judge({ receipt: other.receipt, leaf: other.leaf })).toMatch(/^root: (bad-path|other-root)$/);
  });
  it('is refused when the receipt claims another place', () => {
    expect(judge({ batch: resigned({ first_seq: '4', last_seq: '8' }) })).toBe('place: outside-the-batch');
    expect(
      judge({ batch: resigned({ first_seq: '18446744073709551611', last_seq: '18446744073709551615' }) }),
    ).toBe('place: outside-the-batch');
    expect(judge({ batch: resigned({ first_seq: '1', last_seq: '2', count: '2' }) })).toBe(
      'place: outside-the-batch',
    );
    expect(judge({ batch: resigned({ first_seq: '2', last_seq: '6' }) })).toBe('root: bad-path');
  });
  it('is refused with a path that is not its own', () => {
    const [first, ...rest] = proof.path;
    if (first === undefined) return expect.fail('no path');
    expect(judge({ path: rest })).toBe('root: bad-path');
    expect(judge({ path: [{ ...first, left: !first.left }, ...rest] })).toBe('root: bad-path');
    expect(judge({ path: [{ ...first, hash: 'x' }, ...rest] })).toBe('root: bad-path');
    expect(judge({ path: [{ ...first, hash: '0'.repeat(64) }, ...rest] })).toBe('root: other-root');
    expect(judge({ path: Array(33).fill(first) })).toBe('root: bad-path');
  });
  it('is refused when it is not a receipt, or far too long', () => {
    expect(judge({ receipt: '{}' })).toBe('receipt: malformed');
    expect(judge({ receipt: 'x'.repeat(5000) })).toBe('receipt: too-large');
  });
  it('is refused with a batch that nobody signed so', () => {
    expect(judge({ batch: null })).toBe('batch: malformed');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void expect(judge({ batch: value })).toMatch(/^batch: /)),
    );
  });
});
