import { describe, expect, it } from 'vitest';
import { readChecksum, readSections, readSignature } from './pe.ts';

/** A 64-bit EFI program of two sections of the same name and, when given, a signature. */
const program = (signature?: string): Uint8Array => {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(64, 60);
  bytes.write('PE\0\0', 64, 'latin1');
  bytes.writeUInt16LE(2, 64 + 6);
  bytes.writeUInt16LE(240, 64 + 20);
  bytes.writeUInt16LE(0x20b, 64 + 24);
  for (const [index, text] of ['first', 'second'].entries()) {
    const at = 64 + 24 + 240 + index * 40;
    bytes.write('.osrel', at, 'latin1');
    bytes.writeUInt32LE(text.length, at + 8);
    bytes.writeUInt32LE(64, at + 16);
    bytes.writeUInt32LE(512 + index * 64, at + 20);
    bytes.write(text, 512 + index * 64, 'latin1');
  }
  if (signature === undefined) return bytes;
  const entry = 64 + 24 + 112 + 4 * 8;
  bytes.writeUInt32LE(800, entry);
  bytes.writeUInt32LE(8 + signature.length, entry + 4);
  bytes.writeUInt32LE(8 + signature.length, 800);
  bytes.write(signature, 808, 'latin1');
  return bytes;
};
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('an EFI program', () => {
  it('gives its sections in order, without the padding of the file', () => {
    expect(readSections(program()).map(({ name, content }) => [name, text(content)])).toEqual([
      ['.osrel', 'first'],
      ['.osrel', 'second'],
    ]);
  });
  it('gives its signature, and undefined when it has none', () => {
    expect(text(readSignature(program('pkcs7')))).toBe('pkcs7');
    expect(readSignature(program())).toBeUndefined();
    expect([...readChecksum(program())]).toEqual([0, 0, 0, 0]);
    const twice = Buffer.from(program('theirs'));
    twice.writeUInt32LE(16 + 12, 64 + 24 + 112 + 4 * 8 + 4);
    twice.writeUInt32LE(12, 816); // each begins at a multiple of eight
    twice.write('ours', 824, 'latin1');
    expect(text(readSignature(twice))).toBe('ours');
  });
  it.each([
    ['an empty file', new Uint8Array()],
    ['a text', new TextEncoder().encode('x'.repeat(200))],
    ['a program cut short', program().subarray(0, 66)],
  ])('is not %s', (_, bytes) => {
    expect(() => readSections(bytes)).toThrow('not an EFI program');
  });
  it('is refused when a section or the signature lies outside the file', () => {
    expect(() => readSections(program().subarray(0, 540))).toThrow('.osrel lies outside');
    expect(() => readSections(program().subarray(0, 350))).toThrow('section header lies outside');
    expect(() => readSignature(program('pkcs7').subarray(0, 804))).toThrow('outside');
    expect(() => readSignature(program('pkcs7').subarray(0, 810))).toThrow('outside');
  });
  it('is refused when it is a 32-bit one', () => {
    const bytes = Buffer.from(program());
    bytes.writeUInt16LE(0x10b, 64 + 24);
    expect(() => readSignature(bytes)).toThrow('64-bit');
  });
});
