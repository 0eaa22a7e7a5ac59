import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isControlType, tokenBytes } from './vocabulary.ts';

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

test('byte-level tokens are bytes, added ones are their names', () => {
  const facts = {
    model: 'gpt2',
    tokens: ['Ġthe', 'Ċ', 'Ã', '<tool_call>', '<|im_end|>', '日'],
    types: [1, 1, 1, 4, 3, 1],
  };
  expect([0, 1, 3, 4, 5].map((token) => text(tokenBytes(facts, token)))).toEqual([
    ' the',
    '\n',
    '<tool_call>',
    '<|im_end|>',
    '日',
  ]);
  expect(tokenBytes(facts, 2)).toEqual(Uint8Array.of(0xc3));
  expect(tokenBytes(facts, 6)).toBeUndefined();
});

test('SentencePiece tokens have their blanks and bytes back', () => {
  const facts = { model: 'llama', tokens: ['▁Hello', '<0xE2>', '▁', '<0xZZ>'], types: [1, 6, 1, 6] };
  expect([0, 2, 3].map((token) => text(tokenBytes(facts, token)))).toEqual([' Hello', ' ', '<0xZZ>']);
  expect(tokenBytes(facts, 1)).toEqual(Uint8Array.of(0xe2));
});

test('other vocabularies are left to the engine, and missing types are ordinary', () => {
  expect(tokenBytes({ model: 'bert', tokens: ['a'], types: [1] }, 0)).toBeUndefined();
  expect(text(tokenBytes({ model: 'gpt2', tokens: ['Ġa'], types: [] }, 0))).toBe(' a');
  expect([1, 2, 3, 4, undefined].map(isControlType)).toEqual([false, true, true, false, false]);
});

test('all 256 bytes have one stand-in each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x100, max: 0x143 }), (code) => {
      expect(tokenBytes({ model: 'gpt2', tokens: [String.fromCodePoint(code)], types: [1] }, 0)).toHaveLength(
        1,
      );
    }),
  );
});
