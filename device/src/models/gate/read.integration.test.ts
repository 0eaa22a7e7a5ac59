import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyGguf } from '../../engine/fixtures/tiny-gguf.ts';
import { ownFile } from '../../os/own-files.ts';
import { ggufFile, list, u64 } from './fixtures/gguf.ts';
import { safetensorsFile } from './fixtures/safetensors.ts';
import { headerOf, KEEP_ALL } from './header.ts';
import { readModelHeader } from './read.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-gate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
const refused = (detail: RegExp) =>
  expect.objectContaining({ code: 'model_file_refused', detail: expect.stringMatching(detail) });

test('the self-test model passes, with what it is known to hold', async () => {
  const header = await readModelHeader(ownFile('selfTestModel'));
  if (header.kind !== 'gguf') throw new Error(header.kind);
  expect(header.metadata.get('general.architecture')).toBe('llama');
  expect(header.metadata.get('llama.block_count')).toBe(4);
  expect(header.listLengths.get('tokenizer.ggml.tokens')).toBe(header.metadata.get('llama.vocab_size'));
  expect(header.tensorBytes).toBeLessThan(header.fileBytes);
});

test('what lies on disk is judged as in memory, through a link as well', async () => {
  const bytes = tinyGguf({ template: 'x'.repeat(1_000_000) });
  const path = await file('tiny.gguf', bytes);
  await symlink(path, join(folder, 'link.gguf'));
  const whole = headerOf(bytes, { keeping: KEEP_ALL });
  await expect(readModelHeader(path, { keeping: KEEP_ALL })).resolves.toEqual(whole);
  await expect(readModelHeader(join(folder, 'link.gguf'), { keeping: KEEP_ALL })).resolves.toEqual(whole);
  const tensors = safetensorsFile();
  await expect(readModelHeader(await file('a.safetensors', tensors))).resolves.toEqual(headerOf(tensors));
});

test('a header of many tensors is read to its end', async () => {
  const names = Array.from({ length: 20_000 }, (_, at) => [
    `t${at}`,
    { dtype: 'U8', shape: [1], data_offsets: [at, at + 1] },
  ]);
  const path = await file('many.safetensors', safetensorsFile(Object.fromEntries(names), 20_000));
  expect((await readModelHeader(path)).tensors).toHaveLength(20_000);
});

test('what is not there, a folder and a pipe are refused, and nothing waits for a pipe', async () => {
  await expect(readModelHeader(join(folder, 'nothing'))).rejects.toEqual(refused(/cannot be read/));
  await expect(readModelHeader(folder)).rejects.toEqual(refused(/not an ordinary file/));
  const pipe = join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  await expect(readModelHeader(pipe)).rejects.toEqual(refused(/not an ordinary file/));
});

test('a file of a terabyte that holds almost nothing costs little', async () => {
  const path = await file('sparse.gguf', ggufFile({ keys: [['a', list(8, [u64(0n)], 7_999_999n)]] }));
  const handle = await open(path, 'r+');
  await handle.truncate(2 ** 40);
  await handle.close();
  const before = process.memoryUsage.rss();
  await expect(readModelHeader(path)).rejects.toEqual(refused(/./));
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
});

test('who no longer wants it need not wait', async () => {
  const path = await file('left.gguf', tinyGguf());
  const signal = AbortSignal.abort(new Error('left'));
  await expect(readModelHeader(path, { signal })).rejects.toThrow('left');
});
