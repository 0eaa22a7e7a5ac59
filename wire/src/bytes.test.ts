import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, fromBase64, hexToBytes, toBase64, utf8ToBytes, utf8ToText } from './bytes.ts';

describe('bytes as text', () => {
  it('come back the same, and as node writes them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
      }),
    );
    const large = new Uint8Array(20_000).fill(200);
    expect(fromBase64(toBase64(large))).toEqual(large);
  });
  it('have one spelling: what decodes is what would be written', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[A-Za-z0-9+/_=-]{0,12}$/)),
        (text) => {
          const bytes = fromBase64(text);
          if (bytes === undefined) return;
          const standard = toBase64(bytes);
          expect([standard, standard.replaceAll('+', '-').replaceAll('/', '_')]).toContain(text);
        },
      ),
    );
  });
  it('are not read from a mix of the two base64 alphabets', () => {
    expect(fromBase64('+_8=')).toBeUndefined();
    expect(fromBase64('-_8=')).toEqual(fromBase64('+/8='));
  });
  it('are not read from upper-case, odd, short or foreign hex', () => {
    for (const text of ['A0', 'a', 'zz', ' aa', 'aa\n']) expect(hexToBytes(text)).toBeUndefined();
    expect(hexToBytes('aabb', 3)).toBeUndefined();
    expect(hexToBytes('aabb', 2)).toEqual(Uint8Array.of(0xaa, 0xbb));
  });
  it('are text only when they are valid UTF-8', () => {
    expect(utf8ToText(Uint8Array.of(0xc0, 0x80))).toBeUndefined();
    expect(utf8ToText(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined();
    expect(utf8ToText(utf8ToBytes('\uFEFFé'))).toBe('\uFEFFé');
  });
});
