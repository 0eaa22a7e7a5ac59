/**
 * Reads a model file's header from disk, a window at a time, so that the process goes on serving meanwhile.
 * Separate because it is the only file here that touches a disk; a native loader may see a file only after this has.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { CodedError } from '../../errors.ts';
import { type Asking, refuse } from './cursor.ts';
import { KEEP_LAYERS, parseHeader } from './header.ts';
import type { Keeping, ModelHeader } from './types.ts';

/** The largest vocabularies take some 70 of these, each a few milliseconds of work. */
const WINDOW_BYTES = 256 * 1024;

/**
 * @param path  of an ordinary file; a link to one will do
 * @throws model_file_refused with a sentence that does not name the file; the signal's reason
 */
export async function readModelHeader(
  path: string,
  { keeping = KEEP_LAYERS, signal }: { readonly keeping?: Keeping; readonly signal?: AbortSignal } = {},
): Promise<ModelHeader> {
  let file: FileHandle | undefined;
  try {
    // Else opening a pipe would wait for somebody to write into it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await file.stat();
    if (!facts.isFile()) throw refuse('This is not an ordinary file.');
    return await drive(parseHeader(facts.size, keeping), file, signal);
  } catch (cause) {
    if (cause instanceof CodedError || signal?.aborted) throw cause;
    throw new CodedError('model_file_refused', 'The file cannot be read.', { cause });
  } finally {
    await file?.close();
  }
}

async function drive<T>(asking: Asking<T>, file: FileHandle, signal: AbortSignal | undefined): Promise<T> {
  let at = 0;
  let step = asking.next();
  while (!step.done) {
    signal?.throwIfAborted();
    if (step.value === 0) await turn();
    const window = new Uint8Array(step.value === 0 ? 0 : Math.max(WINDOW_BYTES, step.value));
    const { bytesRead } = await file.read(window, 0, window.length, at); // of no bytes: none
    at += bytesRead;
    step = asking.next(window.subarray(0, bytesRead));
  }
  return step.value;
}
