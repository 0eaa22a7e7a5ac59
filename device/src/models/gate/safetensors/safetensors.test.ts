import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneTensor, safetensorsFile } from '../fixtures/safetensors.ts';
import { headerOf } from '../header.ts';
import { hasControls } from '../names.ts';

const refusal = (detail: RegExp) =>
  expect.objectContaining({ code: 'model_file_refused', detail: expect.stringMatching(detail) });

test('a sound header says what it holds and where', () => {
  const file = safetensorsFile();
  const start = file.length - 32;
  expect(headerOf(file)).toEqual({
    kind: 'safetensors',
    metadata: new Map([['format', 'pt']]),
    tensors: [
      { name: 'a.weight', type: 'F32', shape: [2, 3], offset: start, bytes: 24 },
      { name: 'b.weight', type: 'BF16', shape: [4], offset: start + 24, bytes: 8 },
    ],
    tensorBytes: 32,
    fileBytes: file.length,
  });
});

test('order, spaces and escapes are the writer’s choice', () => {
  const header = ` \n{ "b\\u00fc" : {"data_offsets":[8 , 9],"shape":[2],"dtype":"F4"},
    "empty":{"dtype":"F32","shape":[0,4],"data_offsets":[8,8]},
    "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   `.trimStart();
  expect(headerOf(safetensorsFile(header, 9))).toMatchObject({
    tensors: [{ name: 'a' }, { name: 'empty', bytes: 0 }, { name: 'bü', bytes: 1 }],
  });
});

test.each<[string, Buffer, RegExp]>([
  ['no tensors', safetensorsFile({}, 0), /no tensors/],
  ['only notes', safetensorsFile({ __metadata__: { a: 'b' } }, 0), /no tensors/],
  ['a header cut off', safetensorsFile('{"t":{"dtype":"F32"', 0), /not the JSON/],
  ['something behind its JSON', safetensorsFile('{} {}', 0), /not the JSON/],
  ['a comma too many', safetensorsFile('{"a":[1,]}', 0), /proper size|not the JSON/],
  ['JSON that is nested deeply', safetensorsFile(`{"a":${'['.repeat(100_000)}`, 0), /nested more deeply/],
  ['objects nested deeply', safetensorsFile('{"a":'.repeat(100_000), 0), /nested more deeply/],
  ['a text that is not UTF-8', cracked(), /UTF-8/],
  ['half a surrogate', safetensorsFile('{"\\ud800":1}', 0), /not the JSON/],
  ['a bad escape', safetensorsFile('{"\\x41":1}', 0), /not the JSON/],
  ['a line break in a text', safetensorsFile('{"a\nb":1}', 0), /not the JSON/],
  ['a name twice', safetensorsFile('{"a":1,"\\u0061":2}', 0), /name twice/],
  ['a field twice', safetensorsFile('{"a":{"dtype":"U8","dtype":"U8"}}', 0), /name twice/],
  ['notes that are numbers', safetensorsFile({ __metadata__: { a: 1 }, ...oneTensor({}) }, 8), /plain texts/],
  ['notes that are a list', safetensorsFile({ __metadata__: ['a'], ...oneTensor({}) }, 8), /plain texts/],
  ['a tensor that is a number', safetensorsFile({ t: 1 }, 8), /type, shape and place/],
  ['a field too many', safetensorsFile(oneTensor({ more: 1 }), 8), /type, shape and place/],
  [
    'a place of three numbers',
    safetensorsFile(oneTensor({ data_offsets: [0, 8, 8] }), 8),
    /type, shape and place/,
  ],
  ['a shape that is a text', safetensorsFile(oneTensor({ shape: '2' }), 8), /type, shape and place/],
  ['a negative dimension', safetensorsFile(oneTensor({ shape: [-2] }), 8), /proper size/],
  ['a dimension of 1.5', safetensorsFile(oneTensor({ shape: [1.5] }), 8), /JSON/],
  ['a dimension of 1e3', safetensorsFile('{"t":{"shape":[1e3]}}', 8), /JSON/],
  ['a dimension written 02', safetensorsFile('{"t":{"shape":[02]}}', 8), /proper size/],
  ['a dimension of 2^53', safetensorsFile('{"t":{"shape":[9007199254740992]}}', 8), /proper size/],
  ['too many dimensions', safetensorsFile(oneTensor({ shape: Array(17).fill(1) }), 8), /16 dimensions/],
  ['a type nobody knows', safetensorsFile(oneTensor({ dtype: 'Q4' }), 8), /unknown type/],
  ['a type named as a method', safetensorsFile(oneTensor({ dtype: 'constructor' }), 8), /unknown type/],
  [
    'half a byte',
    safetensorsFile(oneTensor({ dtype: 'F4', shape: [3], data_offsets: [0, 2] }), 2),
    /fill its place/,
  ],
  ['a shape that is too small', safetensorsFile(oneTensor({ shape: [1] }), 8), /fill its place/],
  [
    'a place that ends before it begins',
    safetensorsFile(oneTensor({ data_offsets: [8, 0] }), 8),
    /fill its place/,
  ],
  [
    'a gap at its beginning',
    safetensorsFile(oneTensor({ data_offsets: [8, 16] }), 16),
    /overlap or leave a gap/,
  ],
  [
    'tensors that overlap',
    safetensorsFile({ ...oneTensor({}), u: spanning(4, 12) }, 12),
    /overlap or leave a gap/,
  ],
  ['a gap', safetensorsFile({ ...oneTensor({}), u: spanning(12, 20) }, 20), /overlap or leave a gap/],
  ['data cut off', safetensorsFile(oneTensor({}), 7), /ends before its last tensor/],
  ['more behind its last tensor', safetensorsFile(oneTensor({}), 9), /more behind its last tensor/],
  ['a header longer than the file', safetensorsFile('{}', 0, 100n), /not fetched to its end/],
])('a file with %s is refused', (_title, file, detail) => {
  expect(() => headerOf(file)).toThrow(refusal(detail));
});

function spanning(from: number, to: number): object {
  return { dtype: 'F32', shape: [2], data_offsets: [from, to] };
}

function cracked(): Buffer {
  const file = safetensorsFile({ ü: 1 }, 0);
  file[10] = 0xff;
  return file;
}

test('any names and shapes a writer may choose are read back', () => {
  const tensor = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !hasControls(name)),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(tensor, { minLength: 1, maxLength: 8, selector: ({ name }) => name }),
      (list) => {
        let end = 0;
        const entries = list.map(({ name, shape }) => {
          const start = end;
          end += 2 * shape.reduce((a, b) => a * b, 1);
          return [name, { dtype: 'F16', shape, data_offsets: [start, end] }] as const;
        });
        const json = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`;
        const header = headerOf(safetensorsFile(json, end));
        expect(new Map(header.tensors.map(({ name, shape }) => [name, shape]))).toEqual(
          new Map(list.map(({ name, shape }) => [name, shape])),
        );
      },
    ),
  );
});
