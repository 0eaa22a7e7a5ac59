/**
 * One door for every model file: what it is by its first bytes, then its header judged by its format's own rules.
 * Separate from reading files so that tests and the fuzzer walk through the same door.
 */
import { type Asking, Cursor, finish, refuse } from './cursor.ts';
import { MOST_GGUF_HEADER_BYTES, parseGguf } from './gguf/parse.ts';
import { MOST_SAFETENSORS_HEADER_BYTES, parseSafetensors } from './safetensors/parse.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';
import type { Keeping, ModelHeader } from './types.ts';

/** As many items as a loader knows layers: what is told per layer is kept, vocabularies are not. */
export const KEEP_LAYERS: Keeping = { listItems: 512 };
/** Vocabularies too, for the process that serves the model. */
export const KEEP_ALL: Keeping = { listItems: Number.POSITIVE_INFINITY };

/** @param fileBytes  size of the whole file @throws model_file_refused with a sentence that does not name the file */
export function* parseHeader(fileBytes: number, keeping: Keeping): Asking<ModelHeader> {
  const opening = new Cursor(fileBytes, SNIFFED_BYTES);
  yield* opening.ask(Math.min(fileBytes, SNIFFED_BYTES));
  const first = opening.rest();
  const sniffed = sniff(first.subarray(0, SNIFFED_BYTES));
  if (sniffed.kind === 'other') throw refuse(sniffed.what);
  if (sniffed.kind === 'gguf')
    return yield* parseGguf(new Cursor(fileBytes, MOST_GGUF_HEADER_BYTES, first), keeping);
  return yield* parseSafetensors(new Cursor(fileBytes, MOST_SAFETENSORS_HEADER_BYTES, first));
}

/** The header of a file in memory, or of one that is said to be longer. @throws model_file_refused */
export const headerOf = (
  bytes: Uint8Array,
  {
    fileBytes = bytes.length,
    keeping = KEEP_LAYERS,
    windowBytes,
  }: { readonly fileBytes?: number; readonly keeping?: Keeping; readonly windowBytes?: number } = {},
): ModelHeader => finish(parseHeader(fileBytes, keeping), bytes, windowBytes);
