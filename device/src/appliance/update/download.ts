/**
 * One file of a release, whole and proven, however often the line breaks. Separate because resuming is where a fetcher
 * goes wrong: what is already here is hashed again, and a wrong beginning costs one fresh start, not the update.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { UpdateArtefact } from '@b3iq/wire';
import { syncFolder } from '../../os/files.ts';
import type { Obstacle } from '../../update/types.ts';
import { type Source, SourceError } from './port.ts';

/** Tries in a row that bring not one byte before it is given up; the pauses between them grow to a minute and a half in all. */
const FRUITLESS_TRIES = 5;
const FIRST_PAUSE_MS = 3_000;

export interface DownloadOptions {
  readonly source: Source;
  readonly artefact: UpdateArtefact;
  /** Where the file ends up, under its SHA-256. */
  readonly folder: string;
  /** Bytes of this file that are here. */
  readonly onBytes: (done: number) => void;
  readonly signal: AbortSignal;
  /** Waits; tests do not. */
  readonly pause: (ms: number) => Promise<void>;
}

/** @returns undefined once the file is in the folder, whole; else why not. What is here stays for the next time. */
export async function download(options: DownloadOptions): Promise<Obstacle | undefined> {
  const { artefact, folder, onBytes, pause } = options;
  const whole = join(folder, artefact.sha256);
  const part = `${whole}.part`;
  if ((await sizeOf(whole)) === artefact.size_bytes) {
    onBytes(artefact.size_bytes); // hashed before it got its name; root hashes it again in any case
    return undefined;
  }
  let fruitless = 0;
  let hasRestarted = false;
  for (;;) {
    const before = (await sizeOf(part)) ?? 0;
    const outcome = await attempt(options, part);
    if (outcome === undefined) {
      await rename(part, whole);
      await syncFolder(folder);
      return undefined;
    }
    if (outcome === 'damaged') {
      await unlink(part);
      if (hasRestarted || before === 0) return outcome;
      hasRestarted = true; // what lay here may have been the fault
    } else if (outcome === 'interrupted' || outcome === 'no-connection') {
      fruitless = ((await sizeOf(part)) ?? 0) > before ? 0 : fruitless + 1;
      if (fruitless >= FRUITLESS_TRIES) return outcome;
      await pause(FIRST_PAUSE_MS * 2 ** fruitless);
    } else {
      // A disk that is full because of us is given back at once: settings and receipts need it.
      if (outcome === 'no-space') await unlink(part);
      return outcome;
    }
  }
}

/** One connection: goes on where the part ends, and proves the whole. */
async function attempt(
  { source, artefact, onBytes, signal }: DownloadOptions,
  part: string,
): Promise<Obstacle | undefined> {
  const file = await open(part, 'a+', 0o644);
  try {
    let hash = createHash('sha256');
    let { size } = await file.stat();
    if (size > artefact.size_bytes) {
      await file.truncate(0);
      size = 0;
    }
    if (size > 0)
      for await (const chunk of file.createReadStream({ start: 0, end: size - 1, autoClose: false }))
        hash.update(chunk as Buffer); // no encoding was asked for
    onBytes(size);
    if (size < artefact.size_bytes) {
      const from = await source.open(artefact.file, size, signal);
      if (from.offset !== size) {
        await file.truncate(0);
        hash = createHash('sha256');
        size = 0;
      }
      const outcome = await append(file, from.body, size, artefact.size_bytes, (chunk, done) => {
        hash.update(chunk);
        onBytes(done);
      });
      await file.sync();
      if (outcome !== undefined) return outcome;
    }
    return hash.digest('hex') === artefact.sha256 ? undefined : 'damaged';
  } catch (error) {
    if (error instanceof SourceError) return error.kind === 'refused' ? 'source-refused' : 'no-connection';
    if (isNoSpace(error)) return 'no-space';
    throw error;
  } finally {
    await file.close();
  }
}

async function append(
  file: FileHandle,
  body: Readable,
  start: number,
  total: number,
  onChunk: (chunk: Buffer, done: number) => void,
): Promise<Obstacle | undefined> {
  let done = start;
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<Buffer>;
      try {
        next = await chunks.next();
      } catch {
        return 'interrupted'; // the line, not the disk
      }
      if (next.done === true) return done === total ? undefined : 'interrupted';
      if (done + next.value.length > total) return 'damaged'; // longer than what was signed
      await file.appendFile(next.value);
      done += next.value.length;
      onChunk(next.value, done);
    }
  } finally {
    body.destroy();
  }
}

/** A disk or a quota that is full. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined, // not there
  );
}
