/**
 * What lies on the stick that the system has mounted: model files, looked for within bounds, and opened one at a time.
 * Only read. Separate because nothing of it is trusted, and because it may be gone in the middle of a sentence.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName, isPlainPart, MOST_FOLDERS, parseStickName } from './parse.ts';

export interface StickFile {
  /** Below the stick, such as `more/model.gguf`; it names the file until it is renamed. */
  readonly name: string;
  readonly sizeBytes: number;
}
export interface StickListing {
  /** By name. */
  readonly files: readonly StickFile[];
  /** There may be more. */
  readonly isCut: boolean;
}

/** More is no list to choose from. */
const MOST_FILES = 100;
/** Looked at in all, so that a stick of a million photos is put down soon. */
const MOST_ENTRIES = 2_000;
/** Of each end: the header tells models apart, and weights tell their versions apart. */
const SAMPLE_BYTES = 64 * 1024;

/** @param folder  where sticks are mounted @returns undefined when none is there, or none that can be read */
export async function listStick(folder: string): Promise<StickListing | undefined> {
  const files: StickFile[] = [];
  const folders: (readonly string[])[] = [[]];
  let entries = 0;
  for (const parts of folders) {
    try {
      for await (const entry of await opendir(join(folder, ...parts))) {
        entries += 1;
        if (entries > MOST_ENTRIES || files.length >= MOST_FILES)
          return { files: byName(files), isCut: true };
        if (!isPlainPart(entry.name)) continue;
        const found = [...parts, entry.name];
        if (entry.isDirectory() && parts.length < MOST_FOLDERS) folders.push(found);
        else if (entry.isFile() && isModelName(entry.name)) {
          const facts = await lstat(join(folder, ...found)).catch(() => undefined);
          if (facts !== undefined) files.push({ name: found.join('/'), sizeBytes: facts.size });
        }
      }
    } catch {
      if (parts.length === 0) return undefined; // else a folder that is damaged, or the stick goes this moment
    }
  }
  return { files: byName(files), isCut: false };
}

const byName = (files: readonly StickFile[]): readonly StickFile[] =>
  files.toSorted((a, b) => (a.name < b.name ? -1 : 1));

export type OpenedFile =
  | { readonly kind: 'open'; readonly file: FileHandle; readonly sizeBytes: number; readonly mtimeMs: number }
  | { readonly kind: 'gone' }
  /** There is something, and it is no ordinary file of the stick. */
  | { readonly kind: 'refused' };

/** @param name  hostile. The caller closes the file. */
export async function openOnStick(folder: string, name: string): Promise<OpenedFile> {
  const parts = parseStickName(name);
  if (parts === undefined) return { kind: 'refused' };
  try {
    const root = await realpath(folder);
    const path = join(root, ...parts);
    // FAT has no links; what has some is no stick, and leads elsewhere.
    if ((await realpath(path)) !== path) return { kind: 'refused' };
    // Else opening a pipe would wait for somebody to write into it.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const [facts, place] = await Promise.all([file.stat(), stat(root)]);
      if (facts.isFile() && facts.dev === place.dev)
        return { kind: 'open', file, sizeBytes: facts.size, mtimeMs: facts.mtimeMs };
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return { kind: 'refused' };
  } catch {
    return { kind: 'gone' };
  }
}

/** A hash of both ends of a file: enough to know one again, not to prove it. @returns 64 hex digits */
export async function sampleOf(file: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (const at of [0, Math.max(0, sizeBytes - SAMPLE_BYTES)]) {
    const piece = Buffer.alloc(Math.min(SAMPLE_BYTES, sizeBytes));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    hash.update(piece.subarray(0, bytesRead));
  }
  return hash.digest('hex');
}
