/**
 * Takes a file that lies on the same disk by a link, so that it is not there twice. It is read and hashed like any other, and
 * never written: what is linked belongs to another program too. Separate from `part.ts`, which writes.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256Hex } from '@b3iq/wire';
import { CHUNK_MAP, PART } from './part.ts';
import type { TransferOutcome } from './transfer.ts';

interface AdoptOptions {
  readonly path: string;
  /** The installation's. */
  readonly folder: string;
  readonly sha256: Sha256Hex;
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

/** @returns undefined when this system lets nobody link it: another disk, another owner @throws the signal's reason */
export async function adopt({
  path,
  folder,
  sha256,
  onProgress,
  signal,
}: AdoptOptions): Promise<TransferOutcome | undefined> {
  const part = join(folder, PART);
  await rm(join(folder, CHUNK_MAP), { force: true });
  await rm(part, { force: true });
  try {
    await link(path, part);
  } catch {
    return undefined;
  }
  const hash = createHash('sha256');
  let done = 0;
  for await (const piece of createReadStream(part, { highWaterMark: 1024 * 1024, signal })) {
    hash.update(piece as Buffer); // no encoding was asked for
    done += (piece as Buffer).length;
    onProgress(done);
  }
  const found = hash.digest('hex');
  if (found === sha256) return { kind: 'complete', sha256 };
  await rm(part, { force: true });
  return { kind: 'stopped', failure: { obstacle: 'wrong-hash' } };
}
