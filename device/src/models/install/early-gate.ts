/**
 * Judges a model's header while the rest is still on its way: what is no model is refused after some kilobytes, not after 80 GB.
 * Separate from the gate, which judges whole files and does so once more before a model is installed.
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { KEEP_LAYERS, parseHeader } from '../gate/header.ts';
import type { ModelHeader } from '../gate/types.ts';

const WINDOW_BYTES = 256 * 1024;
/** The first bytes already tell a web page from a model. */
const FIRST_LOOK_BYTES = 4_096;

export class EarlyGate {
  #nextBytes = FIRST_LOOK_BYTES;
  #header: ModelHeader | undefined;

  /** Once it is there whole and sound. */
  get header(): ModelHeader | undefined {
    return this.#header;
  }

  startOver(): void {
    this.#nextBytes = FIRST_LOOK_BYTES;
    this.#header = undefined;
  }

  /** Looks again each time twice as much is there. @throws model_file_refused */
  async look(file: FileHandle, hereBytes: number, totalBytes: number): Promise<void> {
    if (this.#header !== undefined || hereBytes < Math.min(this.#nextBytes, totalBytes)) return;
    this.#nextBytes = hereBytes * 2;
    this.#header = await headerSoFar(file, hereBytes, totalBytes);
  }
}

/** @returns undefined when it needs more than is here @throws model_file_refused */
async function headerSoFar(
  file: FileHandle,
  hereBytes: number,
  totalBytes: number,
): Promise<ModelHeader | undefined> {
  const asking = parseHeader(totalBytes, KEEP_LAYERS);
  let at = 0;
  let step = asking.next();
  while (!step.done) {
    if (step.value === 0) await turn();
    else if (at + step.value > hereBytes) return undefined;
    const length = step.value === 0 ? 0 : Math.min(Math.max(WINDOW_BYTES, step.value), hereBytes - at);
    const window = new Uint8Array(length);
    const { bytesRead } = await file.read(window, 0, length, at); // of no bytes: none
    at += bytesRead;
    step = asking.next(window.subarray(0, bytesRead));
  }
  return step.value;
}
