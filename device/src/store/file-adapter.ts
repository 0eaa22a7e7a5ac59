/**
 * lowdb's adapter over two files: `<name>.json` and `<name>.last-good.json`.
 * Separate from the opening because this is all that happens on an ordinary write.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import type { Clock } from '../os/clock.ts';
import { writeDurably } from '../os/files.ts';
import type { Log } from '../os/log.ts';
import { formatFile, type HashText, parseFile } from './parse.ts';
import type { FileState, Format } from './types.ts';

/** Larger is not ours: settings of a thousand keys are below 1 MiB. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export const sha256Text: HashText = (text) => createHash('sha256').update(text).digest('hex');

/** The paths of a store called `name` in `folder`. */
export interface StorePaths {
  readonly main: string;
  readonly copy: string;
}

/**
 * Writes the main file, then the same text as the last good copy, so that a recovery loses nothing and never brings
 * a spent secret or a revoked key back. When only the copy fails the value is durable all the same: it is logged and
 * made good by the next write or start.
 */
export function fileAdapter<T>(paths: StorePaths, format: Format<T>, clock: Clock, log: Log): Adapter<T> {
  return {
    async read() {
      const state = await readState(paths.main, format);
      return state.kind === 'current' ? state.value : null;
    },
    write: fileWriter(paths, format, clock, log),
  };
}

/** The writing half, which needs to know no more of the form than its number. */
export function fileWriter(
  paths: StorePaths,
  format: { readonly version: number },
  clock: Clock,
  log: Log,
): (value: unknown) => Promise<void> {
  return async (value) => {
    const text = formatFile(format.version, value, new Date(clock.now()).toISOString(), sha256Text);
    await writeDurably(paths.main, text);
    try {
      await writeDurably(paths.copy, text);
    } catch (error) {
      log.warn('store.copy_failed', { code: errorCodeOf(error) });
    }
  };
}

/** What lies at `path`. Anything that exists and cannot be read is `damaged`, whatever the reason. */
export async function readState<T>(path: string, format: Format<T>): Promise<FileState<T>> {
  let bytes: Uint8Array;
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > MAX_FILE_BYTES) return { kind: 'damaged', reason: 'it is larger than settings can be' };
      bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCodeOf(error);
    return code === 'ENOENT'
      ? { kind: 'absent' }
      : { kind: 'damaged', reason: `it cannot be read (${code})` };
  }
  try {
    return parseFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes), format, sha256Text);
  } catch {
    return { kind: 'damaged', reason: 'it is not text' };
  }
}

/** `ENOSPC` and the like, for logs; never a path. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
