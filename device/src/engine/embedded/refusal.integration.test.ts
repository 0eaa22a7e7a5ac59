/** What the real loader says to damaged files, and what a person is told of it. In this process, which it must not end:
 *  a file that does is tried in `supervision.integration.test.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY_CONTEXT_TOKENS, tinyGguf } from '../fixtures/tiny-gguf.ts';
import { loadModel } from '../llama/model.ts';
import { refusalOf } from './refusal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-refusal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each<[string, Uint8Array]>([
  ['cut in its header', tinyGguf().slice(0, 300)],
  ['with a length beyond its end', tinyGguf().with(8, 0xff).with(12, 0xff)],
  ['of another architecture', tinyGguf({ metadata: { 'general.architecture': { text: 'nonsense' } } })],
  ['with a template that cannot be read', tinyGguf({ template: '{% for x in %}{{' })],
])('a file %s is refused with a sentence that names it', async (_title, file) => {
  const options = {
    modelId: 'tiny',
    modelPath: join(folder, 'tiny.gguf'),
    contextTokens: TINY_CONTEXT_TOKENS,
    slots: 1,
    threads: 1,
    gpu: false,
    onProgress: () => undefined,
  } as const;
  await writeFile(options.modelPath, file);
  const error = await loadModel(options).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(Error);
  const { code, detail } = refusalOf(error, options);
  expect(code).toBe('model_file_refused');
  expect(detail).toContain('tiny.gguf');
  expect(detail).not.toContain(folder);
});
