import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyGguf } from '../fixtures/tiny-gguf.ts';
import { readGgufMetadata } from './gguf.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-gguf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(bytes: Uint8Array) {
  const path = join(folder, 'model.gguf');
  await writeFile(path, bytes);
  return readGgufMetadata(path);
}
const refused = expect.objectContaining({ code: 'model_file_refused' });

/** A header of one key, and whatever follows. */
function file(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0n), u64(1n), ...parts]);
}
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => Buffer.from(BigUint64Array.of(value).buffer);
const text = (value: string) => Buffer.concat([u64(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);

test('every kind of value is read', async () => {
  const found = await read(
    tinyGguf({ metadata: { a: { f32: 0.5 }, b: { bool: true }, c: { i32s: [-1, 2] }, d: { text: 'ü' } } }),
  );
  expect(found.get('general.architecture')).toBe('llama');
  expect(found.get('llama.block_count')).toBe(1);
  expect(found.get('tokenizer.ggml.tokens')).toHaveLength(265);
  expect([found.get('a'), found.get('b'), found.get('c'), found.get('d')]).toEqual([0.5, true, [-1, 2], 'ü']);
});

test('a value longer than a window is read whole', async () => {
  const long = 'x'.repeat(3_000_000);
  expect((await read(tinyGguf({ template: long }))).get('tokenizer.chat_template')).toBe(long);
});

test('a file cut anywhere in its keys is refused', async () => {
  const whole = tinyGguf();
  for (let length = 0; length < 3_000; length += 37)
    await expect(read(whole.slice(0, length)), String(length)).rejects.toEqual(refused);
});

test.each<[string, Buffer]>([
  ['no GGUF', Buffer.from('GGML'.repeat(20))],
  ['a version nobody knows', Buffer.concat([Buffer.from('GGUF'), u32(99), Buffer.alloc(64)])],
  ['more keys than there can be', Buffer.concat([Buffer.from('GGUF'), u32(3), u64(0n), u64(2n ** 64n - 1n)])],
  ['a key longer than the file', file(u64(2n ** 63n))],
  ['a text longer than any', file(text('k'), u32(8), u64(2n ** 40n))],
  ['a list longer than any', file(text('k'), u32(9), u32(0), u64(2n ** 40n))],
  ['a list of lists', file(text('k'), u32(9), u32(9), u64(1n))],
  ['a type nobody knows', file(text('k'), u32(77))],
  ['a list of a type nobody knows', file(text('k'), u32(9), u32(77), u64(1n), Buffer.alloc(8))],
])('%s is refused', async (_title, bytes) => {
  await expect(read(bytes)).rejects.toEqual(refused);
});

test('a file that is not there is refused', () => {
  expect(() => readGgufMetadata(join(folder, 'nothing.gguf'))).toThrow(refused);
});
