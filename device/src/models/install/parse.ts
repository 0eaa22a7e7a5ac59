/**
 * Records on disk, and names made of addresses and paths. Separate because all of it is text from elsewhere: a file that
 * was damaged, an address somebody typed.
 */
import { type ModelId, parseModelId, parseSha256, type Sha256Hex } from '@b3iq/wire';
import { z } from 'zod';
import { type InstallRecord, type ModelRecord, OBSTACLES } from './types.ts';

const modelId = z.custom<ModelId>((value) => typeof value === 'string' && parseModelId(value) !== undefined);
const sha256 = z.custom<Sha256Hex>((value) => typeof value === 'string' && parseSha256(value) !== undefined);
const bytes = z.int().min(0);
/** As `newInstallId` makes them; it is a folder's name, so nothing else passes. */
export const INSTALL_ID = /^ins_[0-9a-f]{16}$/;

const installRecord = z.strictObject({
  id: z.string().regex(INSTALL_ID),
  modelId,
  label: z.string().min(1).max(100),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('url'), url: z.string().max(2_000) }),
    z.strictObject({ kind: z.literal('file'), path: z.string().max(4_096), mayLink: z.boolean().optional() }),
    z.strictObject({ kind: z.literal('stick'), name: z.string().max(800) }),
  ]),
  expected: z.strictObject({
    sha256: sha256.optional(),
    sizeBytes: bytes.optional(),
    chunkSha256: z.array(sha256).optional(),
  }),
  chunkBytes: z.int().min(1),
  startedAt: z.iso.datetime(),
  wanted: z.enum(['run', 'paused', 'failed']),
  failure: z.strictObject({ obstacle: z.enum(OBSTACLES), detail: z.string().max(500).optional() }).optional(),
  version: z.strictObject({ totalBytes: bytes, validator: z.string().max(500).optional() }).optional(),
});

const modelRecord = z.strictObject({
  id: modelId,
  label: z.string().min(1).max(100),
  sha256,
  sizeBytes: bytes,
  format: z.enum(['gguf', 'safetensors']),
  pinnedBy: z.enum(['manifest', 'first-download']),
  installedAt: z.iso.datetime(),
});

/** @returns undefined when the text is not such a record */
export const parseInstallRecord = (text: string): InstallRecord | undefined =>
  installRecord.safeParse(json(text)).data;

/** @returns undefined when the text is not such a record */
export const parseModelRecord = (text: string): ModelRecord | undefined =>
  modelRecord.safeParse(json(text)).data;

/** The hashes of whole lines; a line that was being written when the power went is left out. */
export function parseChunkMap(text: string): readonly Sha256Hex[] {
  const hashes: Sha256Hex[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const hash = parseSha256(line);
    if (hash === undefined) break;
    hashes.push(hash);
  }
  return hashes;
}

/** `bytes 200-999/1000` as its first byte and the whole; undefined when it says less. @see RFC 9110 §14.4 */
export function parseContentRange(
  header: unknown,
): { readonly offset: number; readonly totalBytes: number } | undefined {
  const found =
    typeof header === 'string' ? /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(header) : undefined;
  return found ? { offset: Number(found[1]), totalBytes: Number(found[2]) } : undefined;
}

/** A model's name from the last part of an address or a path, such as `qwen3-8b-q4_k_m`; `model` when nothing is left. */
export function nameOf(addressOrPath: string): ModelId {
  const last = addressOrPath.replace(/[?#].*$/, '').replace(/^.*[/\\]/, '');
  const plain = decoded(last)
    .toLowerCase()
    .replace(/\.(gguf|safetensors)$/, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 80);
  return parseModelId(plain) ?? ('model' as ModelId); // fits the pattern
}

/** `name`, or `name-2` and on when `taken` has it. */
export function freeName(name: ModelId, taken: ReadonlySet<string>): ModelId {
  let free: string = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free as ModelId; // a name of at most 80 characters and a number fits the pattern
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
