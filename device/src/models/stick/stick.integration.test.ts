/** A folder stands in for the mounted stick; the mount itself is tried in the booted image. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelFile } from '../install/fixtures/model-file.ts';
import { type InstallRig, installRig } from '../install/fixtures/rig.ts';
import { PartFile } from '../install/part.ts';
import { type Source, SourceError } from '../install/sources/port.ts';
import { stickSource } from '../install/sources/stick.ts';
import { transfer } from '../install/transfer.ts';
import { sentenceOf } from '../install/words.ts';
import { listStick, openOnStick } from './files.ts';
import { ModelStick } from './look.ts';

const file = modelFile();
let rig: InstallRig;
let place: string;
/** Where it is mounted. */
let stick: string;
/** Where it is while it is pulled out. */
let pulled: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'b3iq-stick-'));
  [stick, pulled] = [join(place, 'mounted'), join(place, 'pulled')];
  rig = await installRig(file, { stickFolder: stick });
  await mkdir(stick);
});
afterEach(async () => {
  await rig.close();
  await rm(place, { recursive: true, force: true });
});
const put = async (name: string, bytes: Buffer | string = 'x') => {
  await mkdir(join(stick, name, '..'), { recursive: true });
  await writeFile(join(stick, name), bytes);
};
const names = async () => (await listStick(stick))?.files.map(({ name }) => name);
const from = (name: string) => ({ source: { kind: 'stick', name } as const });
const states = async () => (await new ModelStick(stick, rig.library).look()).models.map(({ state }) => state);

test('model files are listed down to two folders, by name; what is hidden or something else is not', async () => {
  for (const name of ['b.GGUF', 'a.safetensors', 'one/c.gguf', 'one/two/d.gguf', 'one/two/three/e.gguf'])
    await put(name);
  for (const name of ['._b.gguf', 'notes.txt', '$RECYCLE.BIN/$R1.gguf', '.Trashes/f.gguf', 'gguf'])
    await put(name);
  await mkdir(join(stick, 'folder.gguf'));
  expect(await names()).toEqual(['a.safetensors', 'b.GGUF', 'one/c.gguf', 'one/two/d.gguf']);
});

test('names that are no UTF-8, pipes and links are left out, and not opened either', async () => {
  await put('real.gguf', file);
  await writeFile(
    Buffer.concat([Buffer.from(`${stick}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from('.gguf')]),
    'x',
  );
  execFileSync('mkfifo', [join(stick, 'pipe.gguf')]);
  await writeFile(join(place, 'secret.gguf'), file);
  await symlink(join(place, 'secret.gguf'), join(stick, 'link.gguf'));
  await symlink(place, join(stick, 'out'));
  expect(await names()).toEqual(['real.gguf']);
  const kinds: string[] = [];
  for (const name of ['pipe.gguf', 'link.gguf', 'out/secret.gguf', '../secret.gguf', 'none.gguf'])
    kinds.push((await openOnStick(stick, name)).kind);
  expect(kinds).toEqual(['refused', 'refused', 'refused', 'refused', 'gone']);
});

test('a stick of very many files is put down soon, and says so', async () => {
  for (let number = 0; number < 110; number++) await put(`m${number}.gguf`);
  expect(await listStick(stick)).toMatchObject({ isCut: true, files: { length: 100 } });
  await rm(stick, { recursive: true });
  for (let number = 0; number < 2_100; number++) await put(`photos/p${number}.jpg`);
  expect(await listStick(stick)).toEqual({ isCut: true, files: [] });
});

test('without a stick nothing is listed; a Host takes none', async () => {
  await rm(stick, { recursive: true });
  expect(await new ModelStick(stick, rig.library).look()).toMatchObject({ state: 'absent', models: [] });
  expect(await new ModelStick(undefined, rig.library).look()).toMatchObject({ state: 'not-taken' });
  const host = await rig.open({ stickFolder: undefined });
  await expect(host.install(from('a.gguf'))).rejects.toMatchObject({ code: 'model_source_refused' });
});

test('many who look at once share one look', async () => {
  await put('a.gguf');
  const looker = new ModelStick(stick, rig.library);
  const [first, second] = [looker.look(), looker.look()];
  expect(second).toBe(first);
  await first;
  expect(looker.look()).not.toBe(first);
});

test('a model that is installed is known again by its ends, under any name', async () => {
  await put('a.gguf', file);
  await put('again.gguf', file);
  await put('other.gguf', modelFile(250_000, 9));
  expect(await states()).toEqual(['available', 'available', 'available']);
  await rig.library.install(from('a.gguf'));
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.library.models()).toMatchObject([{ id: 'a', pinnedBy: 'first-download' }]);
  expect(await states()).toEqual(['installed', 'installed', 'available']);
});

const when = new Date('2026-11-22T10:00:00Z');
/** As a person who copies it again with its date. */
const putDated = async (name: string, bytes: Buffer) => {
  await put(name, bytes);
  await utimes(join(stick, name), when, when);
};

test('pulled out while it is read, it stops with a sentence, keeps what was fetched, and resumes when it is back, after a restart too', async () => {
  await putDated('a.gguf', file);
  let looks = 0;
  const library = await rig.open({
    async freeBytes() {
      looks += 1;
      // Before the first piece, then after each: the file ends here and now, and the stick is gone.
      if (looks === 2) {
        await truncate(join(stick, 'a.gguf'), 300_000);
        await rename(stick, pulled);
      }
      return 2 ** 40;
    },
  });
  const { record } = await library.install(from('a.gguf'));
  await rig.settled(library);
  const [stopped] = library.installs();
  expect(stopped?.record.failure && sentenceOf(stopped.record.failure)).toMatch(
    /^The stick with this file is not there, .* kept\. Plug it in again, then resume\.$/,
  );
  const kept = stopped?.doneBytes ?? 0;
  expect(kept).toBeGreaterThanOrEqual(128 * 1024);
  await library.act(record.id, 'resume');
  await rig.settled(library);
  expect(rig.obstacle(library)).toBe('stick-gone');

  // Back with the same ends and nothing in between where it was read already: that is not read again.
  const back = Buffer.from(file).fill(0, 64 * 1024, 128 * 1024);
  await rename(pulled, stick);
  await rm(join(stick, 'a.gguf'));
  await putDated('a.gguf', back);
  await library.close();
  const restarted = await rig.open();
  await restarted.act(record.id, 'resume');
  await rig.settled(restarted);
  expect((await rig.bytes(restarted)).equals(file)).toBe(true);
});

test('a part that is here goes on when the same file comes back under other numbers, and not with another version', async () => {
  await putDated('a.gguf', file);
  const validator = async () => {
    const opened = await stickSource(stick, 'a.gguf').open(0, undefined, new AbortController().signal);
    opened.close();
    return opened.validator;
  };
  const first = await validator();
  await rm(join(stick, 'a.gguf'));
  await put('spare.gguf'); // so that the number is not given again
  await putDated('a.gguf', file);
  expect(await validator()).toBe(first);
  await putDated('a.gguf', modelFile(250_000, 9));
  expect(await validator()).not.toBe(first);
});

test('a stick that breaks off in the middle of a read stops at once; a server’s line would be tried again', async () => {
  const part = await PartFile.open(place, { chunkBytes: 4_096 });
  let opened = 0;
  const pulledAt = (bytes: number): Source => ({
    async open(offset) {
      opened += 1;
      return {
        offset,
        totalBytes: file.length,
        body: (async function* () {
          yield file.subarray(0, bytes);
          throw new SourceError('stick-gone', 'pulled');
        })(),
        close() {},
      };
    },
  });
  const outcome = await transfer({
    part,
    source: pulledAt(100_000),
    expected: {},
    known: undefined,
    remember: async () => {},
    onProgress: () => {},
    freeBytes: async () => 2 ** 40,
    pause: async () => {},
    signal: new AbortController().signal,
  });
  expect([outcome, opened, part.bytes]).toEqual([
    { kind: 'stopped', failure: { obstacle: 'stick-gone' } },
    1,
    100_000,
  ]);
  await part.close();
});
