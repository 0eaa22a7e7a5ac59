import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UpdateArtefact } from '@b3iq/wire';
import { afterEach, expect, it } from 'vitest';
import { type DownloadOptions, download } from './download.ts';
import { hash } from './fixtures/release-folder.ts';
import { type WebFolder, webFolder } from './fixtures/web-folder.ts';
import { httpSource } from './sources/http.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251));

/** A file on a server, and where it is to go. */
async function rig(change: Partial<UpdateArtefact> = {}) {
  const parent = await mkdtemp(join(tmpdir(), 'b3iq-download-'));
  ends.push(() => rm(parent, { recursive: true, force: true }));
  await writeFile(join(parent, 'a.efi'), content);
  const web: WebFolder = await webFolder(parent);
  ends.push(() => web.close());
  const artefact: UpdateArtefact = {
    file: 'a.efi',
    size_bytes: content.length,
    sha256: hash(content),
    compression: 'none',
    content_size_bytes: content.length,
    content_sha256: hash(content),
    ...change,
  };
  const pauses: number[] = [];
  const seen: number[] = [];
  const options: DownloadOptions = {
    source: httpSource(web.url, { silenceMs: 300 }),
    artefact,
    folder: parent,
    onBytes: (done) => seen.push(done),
    signal: new AbortController().signal,
    pause: async (ms) => void pauses.push(ms),
  };
  const whole = join(parent, artefact.sha256);
  return { web, options, pauses, seen, whole, part: `${whole}.part`, parent };
}
const offsets = (web: WebFolder) => web.asked.map(({ offset }) => offset);

it('a file arrives whole, and is not asked for again', async () => {
  const { web, options, whole, seen } = await rig();
  expect(await download(options)).toBeUndefined();
  expect((await readFile(whole)).equals(content)).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
  expect(await download(options)).toBeUndefined();
  expect(web.asked).toHaveLength(1);
});

it('a line that breaks again and again costs nothing twice', async () => {
  const { web, options, whole } = await rig();
  web.cutAfter = 30_000;
  expect(await download(options)).toBeUndefined();
  expect((await readFile(whole)).equals(content)).toBe(true);
  expect(offsets(web)).toEqual([0, 30_000, 60_000, 90_000]);
});

it('what was here before a restart is kept', async () => {
  const { web, options, part } = await rig();
  await writeFile(part, content.subarray(0, 77_777));
  expect(await download(options)).toBeUndefined();
  expect(offsets(web)).toEqual([77_777]);
});

it('a wrong beginning costs one fresh start', async () => {
  const { web, options, part, whole } = await rig();
  await writeFile(part, Buffer.alloc(50_000));
  expect(await download(options)).toBeUndefined();
  expect((await readFile(whole)).equals(content)).toBe(true);
  expect(offsets(web)).toEqual([50_000, 0]);
});

it('more than there should be is thrown away', async () => {
  const { web, options, part } = await rig();
  await writeFile(part, Buffer.alloc(200_000));
  expect(await download(options)).toBeUndefined();
  expect(offsets(web)).toEqual([0]);
});

it('a whole part is proven without asking', async () => {
  const { web, options, part } = await rig();
  await writeFile(part, content);
  expect(await download(options)).toBeUndefined();
  expect(web.asked).toEqual([]);
});

it('a server that ignores ranges begins anew', async () => {
  const { web, options, part, whole } = await rig();
  await writeFile(part, content.subarray(0, 40_000));
  web.ignoresRanges = true;
  expect(await download(options)).toBeUndefined();
  expect((await readFile(whole)).equals(content)).toBe(true);
});

it('other bytes are damaged, and nothing of them stays', async () => {
  const { web, options, whole, part, parent } = await rig();
  const other = Buffer.from(content);
  other[99_999] = (other[99_999] ?? 0) ^ 1;
  await writeFile(join(parent, 'a.efi'), other);
  expect(await download(options)).toBe('damaged');
  expect(web.asked).toHaveLength(1);
  for (const path of [whole, part]) await expect(stat(path)).rejects.toThrow('ENOENT');
});

it('a file that is longer than signed is not read to its end', async () => {
  const { options, parent, seen } = await rig();
  await writeFile(join(parent, 'a.efi'), Buffer.concat([content, Buffer.alloc(20_000_000)]));
  expect(await download(options)).toBe('damaged');
  expect(Math.max(...seen)).toBeLessThanOrEqual(content.length);
});

it('a file that is shorter than signed is given up after some tries, and what is here stays', async () => {
  const { web, options, parent, part, pauses } = await rig();
  await truncate(join(parent, 'a.efi'), 60_000);
  expect(await download(options)).toBe('interrupted');
  expect((await stat(part)).size).toBe(60_000);
  expect(pauses.length).toBeGreaterThan(2);
  expect(web.asked.length).toBeLessThan(20);
});

it('a silent line is interrupted, and resumed', async () => {
  const { web, options } = await rig();
  web.stallAfter = 60_000;
  expect(await download(options)).toBeUndefined();
  expect(offsets(web)).toEqual([0, 60_000]);
});

it('a server that is gone is asked five times, with growing pauses', async () => {
  const { web, options, pauses } = await rig();
  await web.close();
  expect(await download(options)).toBe('no-connection');
  expect(pauses).toEqual([6_000, 12_000, 24_000, 48_000]);
});

it('a server that has not the file is asked once', async () => {
  const { web, options } = await rig({ file: 'b.efi' });
  expect(await download(options)).toBe('source-refused');
  expect(web.asked).toHaveLength(1);
});
