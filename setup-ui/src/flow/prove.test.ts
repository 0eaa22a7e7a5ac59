import { describe, expect, it } from 'vitest';
import { FakeLedger, nodeId } from '../../dev/fake-ledger.ts';
import { proves, readReceipt } from './prove.ts';

const ledger = new FakeLedger();
const rows = Array.from({ length: 6 }, () => ledger.add());
const first = rows[0]?.id ?? '';
const proof = ledger.proof(first);

describe('a receipt on its page', () => {
  it('verifies alone, wherever it stands in its batch', () => {
    for (const { id } of rows) {
      const each = ledger.proof(id);
      expect(each !== undefined && proves(each, id, nodeId)).toBe(true);
    }
  });

  it('does not verify when a byte of it was changed', () => {
    if (proof === undefined) throw new Error('no proof');
    const changed = { ...proof, receipt: proof.receipt.replace('"31"', '"13"') };
    expect(changed.receipt).not.toBe(proof.receipt);
    expect(proves(changed, first, nodeId)).toBe(false);
  });

  it('does not stand for another receipt, another machine or another key', () => {
    if (proof === undefined) throw new Error('no proof');
    expect(proves(proof, rows[1]?.id ?? '', nodeId)).toBe(false);
    expect(proves(proof, first, nodeId.replace(/.$/, nodeId.endsWith('a') ? 'q' : 'a'))).toBe(false);
    expect(proves({ ...proof, public_key: '00'.repeat(32) }, first, nodeId)).toBe(false);
    expect(proves({ ...proof, public_key: 'no key' }, first, nodeId)).toBe(false);
    expect(proves({ ...proof, batch: null }, first, nodeId)).toBe(false);
  });

  it('is read only when its bytes are a receipt', () => {
    if (proof === undefined) throw new Error('no proof');
    expect(readReceipt(proof)?.id).toBe(first);
    expect(readReceipt({ ...proof, receipt: '{}' })).toBeUndefined();
    expect(readReceipt({ ...proof, receipt: 'not JSON' })).toBeUndefined();
  });
});
