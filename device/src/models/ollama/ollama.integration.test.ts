import { link, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelFile, sha256Of } from '../install/fixtures/model-file.ts';
import { CHUNK, type InstallRig, installRig } from '../install/fixtures/rig.ts';
import { PartFile } from '../install/part.ts';
import { ModelService } from '../service.ts';
import { ModelStick } from '../stick/look.ts';
import { ollamaName, parseOllamaManifest } from './parse.ts';
import { findOllamaModels } from './store.ts';

const file = modelFile();
const sha256 = sha256Of(file);
let rig: InstallRig;
let store: string;
let service: ModelService;
beforeEach(async () => {
  rig = await installRig(file);
  store = await mkdtemp(join(tmpdir(), 'b3iq-ollama-'));
  service = new ModelService({
    library: rig.library,
    memory: { bytes: 2 ** 35, of: 'graphics' },
    served: () => undefined,
    isInUse: () => false,
    stick: new ModelStick(undefined, rig.library),
    ollamaFolders: [join(store, 'nothing'), store],
  });
});
afterEach(async () => {
  await rig.close();
  await rm(store, { recursive: true, force: true });
});

const layer = (mediaType: string, digest: string, size: number) => ({
  mediaType: `application/vnd.ollama.image.${mediaType}`,
  digest: `sha256:${digest}`,
  size,
});
const manifest = (...layers: object[]) => JSON.stringify({ schemaVersion: 2, layers });
const sound = manifest(layer('template', 'cd'.repeat(32), 9), layer('model', sha256, file.length));

async function put(name: string, text: string, bytes?: Buffer): Promise<string> {
  const path = join(store, 'manifests', name);
  await mkdir(join(path, '..'), { recursive: true });
  await mkdir(join(store, 'blobs'), { recursive: true });
  await writeFile(path, text);
  const blob = join(store, 'blobs', `sha256-${sha256}`);
  if (bytes !== undefined) await writeFile(blob, bytes);
  return blob;
}

test('what Ollama has is found, taken by a link without a second copy, and Ollama’s own file is untouched', async () => {
  const blob = await put('registry.ollama.ai/library/qwen3/8b', sound, file);
  expect((await service.ollama()).models).toEqual([{ name: 'qwen3:8b', sha256, size_bytes: file.length }]);
  const install = await service.install({ source: { kind: 'ollama', name: 'qwen3:8b' } });
  expect(install).toMatchObject({ model: 'qwen3:8b', is_pinned: true });
  await rig.settled();
  const [model] = rig.library.models();
  if (model === undefined) throw new Error('not installed');
  expect((await stat(rig.library.fileOf(model))).ino).toBe((await stat(blob)).ino);
  expect((await service.ollama()).models).toEqual([]);
  await rig.library.remove(model.sha256);
  await rig.library.close();
  expect((await readFile(blob)).equals(file)).toBe(true);
});

test('a blob that is not what its name says is refused and not harmed', async () => {
  const other = modelFile(250_000, 9);
  const blob = await put('registry.ollama.ai/library/qwen3/8b', sound, other);
  await service.install({ source: { kind: 'ollama', name: 'qwen3:8b' } });
  await rig.settled();
  expect(rig.obstacle()).toBe('wrong-hash');
  expect((await readFile(blob)).equals(other)).toBe(true);
});

test('a link that a loss of power left behind is never written to', async () => {
  const blob = await put('registry.ollama.ai/library/qwen3/8b', sound, file);
  const folder = join(rig.folder, 'incoming', 'ins_0000000000000000');
  await mkdir(folder);
  await link(blob, join(folder, 'part'));
  const part = await PartFile.open(folder, { chunkBytes: CHUNK });
  expect(part.bytes).toBe(0);
  await part.close();
  expect((await readFile(blob)).equals(file)).toBe(true);
});

test('names as Ollama lists them; other shapes, damage and what is missing are left out', async () => {
  expect(ollamaName(['registry.ollama.ai', 'ada', 'mine', 'q4'])).toBe('ada/mine:q4');
  expect(ollamaName(['hf.co', 'ada', 'mine', 'q4'])).toBe('hf.co/ada/mine:q4');
  expect(ollamaName(['registry.ollama.ai', 'library', 'x y', 'q4'])).toBeUndefined();
  expect(ollamaName(['a', 'b', 'c'])).toBeUndefined();
  const model = layer('model', sha256, file.length);
  for (const wrong of [
    '',
    '{',
    '[]',
    '{}',
    manifest(),
    manifest(model, model),
    manifest(layer('model', 'xy', 1)),
    manifest(model, layer('adapter', sha256, 1)),
  ])
    expect(parseOllamaManifest(wrong)).toBeUndefined();
  await put('registry.ollama.ai/library/no-blob/1', sound);
  await put('registry.ollama.ai/library/deep/er/1', sound);
  await put('registry.ollama.ai/library/big/1', ' '.repeat(300_000));
  expect(await findOllamaModels([store])).toEqual([]);
  await expect(service.install({ source: { kind: 'ollama', name: 'no-blob:1' } })).rejects.toMatchObject({
    code: 'model_not_found',
  });
});
