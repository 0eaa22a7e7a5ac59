import { describe, expect, it } from 'vitest';
import { receiptIn, sectionOf } from './section.ts';

describe('addresses', () => {
  it('name a section, the overview when they name none', () => {
    expect(['#/keys', '#keys', '#/receipts/x', '#/nowhere', ''].map(sectionOf)).toEqual([
      'keys',
      'keys',
      'receipts',
      'overview',
      'overview',
    ]);
  });
  it('name a receipt, and nothing that is none', () => {
    expect(receiptIn('#rcpt_01KAB3TQ5Z')).toBe('rcpt_01KAB3TQ5Z');
    for (const bad of ['', '#', '#rcpt_', '#rcpt_../x', '#key_1']) expect(receiptIn(bad)).toBeUndefined();
  });
});
