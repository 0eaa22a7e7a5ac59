/**
 * What Ollama already has on this computer: `manifests/<registry>/<namespace>/<model>/<tag>` and `blobs/sha256-<hex>`.
 * Only read. Separate because it is another program's folder, and it may be gone the next moment.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelId, Sha256Hex } from '@b3iq/wire';
import { ollamaName, parseOllamaManifest } from './parse.ts';

export interface OllamaModel {
  readonly name: ModelId;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Absolute. */
  readonly path: string;
}

/** A manifest is some hundred bytes; a store some dozen models. */
const MOST_MANIFEST_BYTES = 256 * 1024;
const MOST_MODELS = 500;
const DEPTH = 4;

/** @param folders  that may be Ollama's; those that are not there or not ours to read hold nothing */
export async function findOllamaModels(folders: readonly string[]): Promise<readonly OllamaModel[]> {
  const found = new Map<ModelId, OllamaModel>();
  for (const folder of folders)
    for await (const parts of namesIn(join(folder, 'manifests'), [])) {
      if (found.size >= MOST_MODELS) break;
      const model = await modelOf(folder, parts);
      if (model !== undefined && !found.has(model.name)) found.set(model.name, model);
    }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function* namesIn(folder: string, parts: readonly string[]): AsyncGenerator<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.slice(0, MOST_MODELS)) {
    const next = [...parts, entry.name];
    if (entry.isDirectory() && next.length < DEPTH) yield* namesIn(join(folder, entry.name), next);
    else if (entry.isFile() && next.length === DEPTH) yield next;
  }
}

async function modelOf(folder: string, parts: readonly string[]): Promise<OllamaModel | undefined> {
  const name = ollamaName(parts);
  if (name === undefined) return undefined;
  try {
    const path = join(folder, 'manifests', ...parts);
    if ((await stat(path)).size > MOST_MANIFEST_BYTES) return undefined;
    const layer = parseOllamaManifest(await readFile(path, 'utf8'));
    if (layer === undefined) return undefined;
    const blob = join(folder, 'blobs', `sha256-${layer.sha256}`);
    const facts = await stat(blob);
    return facts.isFile() && facts.size === layer.sizeBytes ? { name, ...layer, path: blob } : undefined;
  } catch {
    return undefined; // gone meanwhile, or not ours to read
  }
}
