/**
 * The tensor directory of a GGUF file: each tensor known by name, type and shape, and lying where the one before it ends.
 * Separate because every published memory error of GGUF loaders but one is a number of this directory that was believed.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md `gguf_tensor_info_t`
 */
import { type Asking, type Cursor, refuse } from '../cursor.ts';
import { hasControls } from '../names.ts';
import type { GgufTensor } from '../types.ts';
import { GGML_TYPES, type GgmlType } from './ggml-types.ts';
import { readText } from './values.ts';

/** stable-diffusion.cpp's `GGML_MAX_NAME`, the longest in use (llama.cpp's is 64), less the closing zero. */
const MOST_NAME_BYTES = 159;
/** `GGML_MAX_DIMS`: a loader has room for no more. */
const MOST_DIMENSIONS = 4;
/** Name length, dimension count, type and offset. */
export const LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;

/** As it stands in the file: where it lies is not yet proven. */
export interface ListedTensor {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  /** From the start of the data. */
  readonly offset: number;
  readonly bytes: number;
}

/** One line of the directory. */
export function* readTensor(cursor: Cursor): Asking<ListedTensor> {
  const name = yield* readText(cursor, MOST_NAME_BYTES);
  if (name === '' || hasControls(name)) throw refuse('The file holds a tensor without a proper name.');
  if (cursor.left < 4) yield* cursor.ask(4);
  const dimensions = cursor.u32();
  if (dimensions > MOST_DIMENSIONS)
    throw refuse(`The file holds a tensor of more than ${MOST_DIMENSIONS} dimensions.`);
  const bytesAhead = dimensions * 8 + 4 + 8;
  if (cursor.left < bytesAhead) yield* cursor.ask(bytesAhead);
  const shape: number[] = [];
  for (let at = 0; at < dimensions; at++) shape.push(cursor.u64());
  const type = GGML_TYPES.get(cursor.u32());
  if (type === undefined)
    throw refuse('The file holds a tensor of a type that is unknown or no longer in use.');
  return { name, type, shape, offset: cursor.u64(), bytes: bytesOf(shape, type, cursor.fileBytes) };
}

/** Never more than the file has, so no product can grow beyond what a number holds exactly. */
function bytesOf(shape: readonly number[], type: GgmlType, fileBytes: number): number {
  let values = 1;
  for (const dimension of shape) {
    if (dimension === 0) throw refuse('The file holds a tensor without a value.');
    values *= dimension;
    if (values > Number.MAX_SAFE_INTEGER) throw refuse(BEYOND);
  }
  if ((shape[0] ?? 1) % type.blockValues !== 0)
    throw refuse('The file holds a tensor whose rows are not whole blocks of its type.');
  const blocks = values / type.blockValues;
  if (blocks > fileBytes / type.blockBytes) throw refuse(BEYOND);
  return blocks * type.blockBytes;
}

const BEYOND =
  'The file lists a tensor that is larger than the whole file: it is damaged, or was not fetched to its end.';

/**
 * Proves that the tensors follow one another without gap or overlap and end with the file, as its writers lay them and
 * llama.cpp demands.
 * @param start  of the data, aligned
 */
export function placeTensors(
  listed: readonly ListedTensor[],
  { start, alignment, fileBytes }: { start: number; alignment: number; fileBytes: number },
): readonly GgufTensor[] {
  let end = 0;
  const placed = listed.map(({ name, type, shape, offset, bytes }): GgufTensor => {
    if (offset !== padded(end, alignment))
      throw refuse('The file’s tensors do not lie one behind the other: some overlap or leave a gap.');
    end = offset + bytes;
    if (start + end > fileBytes)
      throw refuse(
        'The file ends before its last tensor does: it was not fetched to its end. Fetch it again.',
      );
    return { name, type: type.name, shape, offset: start + offset, bytes };
  });
  if (fileBytes > start + padded(end, alignment))
    throw refuse('The file holds more behind its last tensor, and nothing says what it is.');
  return placed;
}

/** The next multiple of `alignment`; exact, because both are far below 2^53. */
export const padded = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;
