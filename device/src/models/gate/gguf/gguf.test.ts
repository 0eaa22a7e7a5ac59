import { expect, test } from 'vitest';
import { tinyGguf } from '../../../engine/fixtures/tiny-gguf.ts';
import {
  bool,
  type GgufParts,
  ggufFile,
  list,
  text,
  texts,
  u8,
  u32,
  u64,
  uint32,
  uint64,
} from '../fixtures/gguf.ts';
import { headerOf, KEEP_ALL } from '../header.ts';
import type { GgufHeader } from '../types.ts';

function gguf(bytes: Uint8Array, options?: Parameters<typeof headerOf>[1]): GgufHeader {
  const header = headerOf(bytes, options);
  if (header.kind !== 'gguf') throw new Error(header.kind);
  return header;
}
const refusal = (detail: RegExp) =>
  expect.objectContaining({ code: 'model_file_refused', detail: expect.stringMatching(detail) });

test.each([2, 3] as const)('a sound header of version %i says what it holds and where', (version) => {
  const header = gguf(ggufFile({ version }));
  expect(header).toMatchObject({ kind: 'gguf', version, tensorBytes: 128 + 20 + 128 });
  expect(header.metadata.get('llama.context_length')).toBe(4_096);
  const [first, second, third] = header.tensors;
  expect(first).toMatchObject({ name: 'token_embd.weight', type: 'F32', shape: [8, 4], bytes: 128 });
  expect([second?.offset, third?.offset]).toEqual([(first?.offset ?? 0) + 128, (first?.offset ?? 0) + 160]);
  expect((third?.offset ?? 0) + (third?.bytes ?? 0)).toBe(header.fileBytes);
  expect(header.split).toBeUndefined();
});

test('a whole small model passes', () => {
  const bytes = tinyGguf();
  const header = gguf(bytes);
  expect([header.tensors.length, header.fileBytes]).toEqual([12, bytes.length]);
  expect(header.listLengths.get('tokenizer.ggml.tokens')).toBe(265);
});

test('every kind of value is read', () => {
  const { metadata } = gguf(
    ggufFile({
      keys: [
        ['i8', Buffer.concat([u32(1), u8(0xff)])],
        ['i16', Buffer.concat([u32(3), Buffer.of(0xfe, 0xff)])],
        ['f64', Buffer.concat([u32(12), Buffer.from(Float64Array.of(0.1).buffer)])],
        ['yes', bool(1)],
        ['no', bool(0)],
        ['small', uint64(2n ** 53n - 1n)],
        ['large', uint64(2n ** 64n - 1n)],
        ['negative', Buffer.concat([u32(11), u64(2n ** 64n - 5n)])],
        ['words', texts(['', 'ü', '\u{1f600}'])],
        ['empty', list(0, [])],
      ],
    }),
  );
  expect(Object.fromEntries(metadata)).toEqual({
    i8: -1,
    i16: -2,
    f64: 0.1,
    yes: true,
    no: false,
    small: 2 ** 53 - 1,
    large: 2n ** 64n - 1n,
    negative: -5,
    words: ['', 'ü', '\u{1f600}'],
    empty: [],
  });
});

test('long lists are counted and checked, and kept only for who asks', () => {
  const long = ggufFile({ keys: [['words', texts(Array.from({ length: 600 }, (_, at) => `w${at}`))]] });
  const header = gguf(long);
  expect([header.metadata.has('words'), header.listLengths.get('words')]).toEqual([false, 600]);
  expect(gguf(long, { keeping: KEEP_ALL }).metadata.get('words')).toHaveLength(600);
  const bad = ggufFile({ keys: [['words', texts([...Array<string>(600).fill('w'), Buffer.of(0xff)])]] });
  expect(() => gguf(bad)).toThrow(refusal(/UTF-8/));
});

test('however the bytes come, the header is the same', () => {
  const bytes = tinyGguf();
  const whole = gguf(bytes, { keeping: KEEP_ALL });
  for (const windowBytes of [1, 7, 64, 4_096])
    expect(gguf(bytes, { keeping: KEEP_ALL, windowBytes })).toEqual(whole);
});

test('a value longer than a window is read whole', () => {
  const long = 'x'.repeat(3_000_000);
  const header = gguf(tinyGguf({ template: long }), { windowBytes: 65_536 });
  expect(header.metadata.get('tokenizer.chat_template')).toBe(long);
});

test('a part of a split model is recognised', () => {
  const part = (index: number, count: number): Required<GgufParts>['keys'] => [
    ['split.no', uint32(index)],
    ['split.count', uint32(count)],
    ['split.tensors.count', uint32(9)],
  ];
  expect(gguf(ggufFile({ keys: part(1, 3) })).split).toEqual({ index: 1, count: 3, tensorCount: 9 });
  expect(gguf(ggufFile({ keys: part(0, 3), tensors: [] })).tensors).toEqual([]);
  expect(gguf(ggufFile({ keys: part(0, 1) })).split).toBeUndefined();
  expect(() => gguf(ggufFile({ keys: part(3, 3) }))).toThrow(refusal(/one part of several/));
  expect(() => gguf(ggufFile({ keys: [['split.count', uint32(3)]] }))).toThrow(
    refusal(/one part of several/),
  );
});

test.each([8, 64, 65_536])('an alignment of %i is taken', (alignment) => {
  const { tensors } = gguf(ggufFile({ keys: [['general.alignment', uint32(alignment)]], alignment }));
  expect(tensors.map(({ offset }) => offset % alignment)).toEqual([0, 0, 0]);
});

test('a file cut anywhere is refused as cut', () => {
  const whole = tinyGguf();
  for (let length = 4; length < whole.length; length += length < 12_000 ? 37 : 4_099)
    expect(() => gguf(whole.subarray(0, length)), String(length)).toThrow(refusal(/not fetched to its end/));
});

test.each<[string, Buffer, RegExp]>([
  ['version 1', ggufFile({ version: 1 }), /version 1/],
  ['a version nobody knows', ggufFile({ version: 99 }), /version that is not known/],
  ['big-endian numbers', ggufFile({ version: 0x03000000 }), /big-endian/],
  ['no tensors', ggufFile({ tensors: [] }), /no tensors/],
  [
    'a key twice',
    ggufFile({
      keys: [
        ['a', uint32(1)],
        ['a', uint32(1)],
      ],
    }),
    /key twice/,
  ],
  [
    'a key twice, as a list',
    ggufFile({
      keys: [
        ['a', texts(['x'])],
        ['a', uint32(1)],
      ],
    }),
    /key twice/,
  ],
  ['a key without a name', ggufFile({ keys: [['', uint32(1)]] }), /key without a proper name/],
  ['a key with a zero in it', ggufFile({ keys: [['a\0b', uint32(1)]] }), /key without a proper name/],
  ['a key longer than any', ggufFile({ keys: [['k'.repeat(257), uint32(1)]] }), /longer text/],
  ['a text that is not UTF-8', ggufFile({ keys: [['a', text(Buffer.of(0xc3, 0x28))]] }), /UTF-8/],
  ['half a surrogate', ggufFile({ keys: [['a', text(Buffer.of(0xed, 0xa0, 0x80))]] }), /UTF-8/],
  ['a value of an unknown type', ggufFile({ keys: [['a', u32(13)]] }), /unknown type/],
  ['a list of an unknown type', ggufFile({ keys: [['a', list(77, [u64(0n)])]] }), /unknown type/],
  ['a list of lists', ggufFile({ keys: [['a', list(9, [list(0, [])])]] }), /lists of lists/],
  ['a truth value of 2', ggufFile({ keys: [['a', bool(2)]] }), /truth value/],
  [
    'a long list with a truth value of 2',
    ggufFile({ keys: [['a', list(7, Array(600).fill(u8(2)))]] }),
    /truth/,
  ],
  ['layers beyond what loaders have room for', layers(513), /1 to 512 layers/],
  ['no layers', layers(0), /1 to 512 layers/],
  ['a tensor without a name', ggufFile({ tensors: [{ name: '' }] }), /tensor without a proper name/],
  ['a tensor named with a zero', ggufFile({ tensors: [{ name: 'a\0b' }] }), /tensor without a proper name/],
  ['a tensor named longer than any', ggufFile({ tensors: [{ name: 'n'.repeat(160) }] }), /longer text/],
  ['a tensor twice', ggufFile({ tensors: [{ name: 'a' }, { name: 'a' }] }), /tensor twice/],
  ['a tensor of a removed type', ggufFile({ tensors: [{ type: 31 }] }), /no longer in use/],
  ['a tensor of a negative type', ggufFile({ tensors: [{ type: 0xffff_ffff }] }), /no longer in use/],
  ['a tensor without a value', ggufFile({ tensors: [{ shape: [4n, 0n] }] }), /without a value/],
  [
    'rows that are not whole blocks',
    ggufFile({ tensors: [{ type: 8, shape: [33n], bytes: 34 }] }),
    /whole blocks/,
  ],
  ['tensors that overlap', ggufFile({ tensors: [{}, { offset: 0n }] }), /overlap or leave a gap/],
  [
    'tensors with a gap',
    ggufFile({ tensors: [{}, { offset: 64n }], rest: Buffer.alloc(64) }),
    /overlap or leave/,
  ],
  ['an offset that is not aligned', ggufFile({ tensors: [{ offset: 4n }] }), /overlap or leave a gap/],
  ['an offset beyond every number', ggufFile({ tensors: [{ offset: 2n ** 64n - 32n }] }), /overlap or leave/],
  ['more behind its last tensor', ggufFile({ rest: Buffer.alloc(64, 0x50) }), /more behind its last tensor/],
])('a file with %s is refused', (_title, file, detail) => {
  expect(() => gguf(file)).toThrow(refusal(detail));
});

function layers(count: number): Buffer {
  return ggufFile({
    keys: [
      ['general.architecture', text('llama')],
      ['llama.block_count', uint32(count)],
    ],
  });
}

test('a single value needs no dimension', () => {
  expect(gguf(ggufFile({ tensors: [{ shape: [] }] })).tensors[0]).toMatchObject({ shape: [], bytes: 4 });
});

test('lists that hold more together than any vocabulary are refused before they are read', () => {
  const keys = ggufFile({ keys: [['a', list(0, [], 8_000_001n)]] });
  expect(() => gguf(keys, { fileBytes: 2 ** 40 })).toThrow(refusal(/longer lists/));
});
