/**
 * A safetensors header: its length, its JSON, and every tensor's span equal to its shape, without gap, overlap or rest.
 * Separate from GGUF because the two formats share nothing but that they are hostile input.
 * @see https://github.com/huggingface/safetensors#format
 */
import { type Asking, type Cursor, refuse } from '../cursor.ts';
import { hasControls } from '../names.ts';
import type { SafetensorsHeader, SafetensorsTensor } from '../types.ts';
import { type HeaderJson, parseHeaderJson, STRIDE } from './json.ts';

/** The format's reader takes 100 MB. At some 110 bytes for a tensor, this is enough for 150,000 of them in one file. */
export const MOST_SAFETENSORS_HEADER_BYTES = 16 * 1024 * 1024;
const MOST_TENSORS = 150_000;
const MOST_NAME_CHARACTERS = 1_024;
const MOST_DIMENSIONS = 16;

/** Bits of one value. @see https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs `Dtype::bitsize` */
const TYPE_BITS: ReadonlyMap<HeaderJson, number> = new Map(
  Object.entries({
    F4: 4,
    F6_E2M3: 6,
    F6_E3M2: 6,
    BOOL: 8,
    U8: 8,
    I8: 8,
    F8_E5M2: 8,
    F8_E4M3: 8,
    F8_E8M0: 8,
    F8_E4M3FNUZ: 8,
    F8_E5M2FNUZ: 8,
    I16: 16,
    U16: 16,
    F16: 16,
    BF16: 16,
    I32: 32,
    U32: 32,
    F32: 32,
    I64: 64,
    U64: 64,
    F64: 64,
    C64: 64,
  }),
);

/** @throws model_file_refused */
export function* parseSafetensors(cursor: Cursor): Asking<SafetensorsHeader> {
  yield* cursor.ask(8);
  const headerBytes = cursor.u64();
  cursor.expect(headerBytes);
  if (cursor.left < headerBytes) yield* cursor.ask(headerBytes);
  const json = yield* parseHeaderJson(cursor.text(headerBytes));
  if (json.size > MOST_TENSORS) throw refuse('The file lists more tensors than any model has.');
  const start = cursor.position;
  const tensors: SafetensorsTensor[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of json) {
    if (name === '__metadata__') metadata = metadataOf(value);
    else tensors.push(tensorOf(name, value, start));
    if (tensors.length % STRIDE === STRIDE - 1) yield 0;
  }
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  return {
    kind: 'safetensors',
    metadata,
    tensors,
    tensorBytes: place(tensors, start, cursor.fileBytes),
    fileBytes: cursor.fileBytes,
  };
}

function metadataOf(value: HeaderJson): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!isObject(value)) throw refuse(NOT_TEXTS);
  for (const [key, text] of value) {
    if (typeof text !== 'string' || key.includes('\0') || text.includes('\0')) throw refuse(NOT_TEXTS);
    found.set(key, text);
  }
  return found;
}

const NOT_TEXTS = 'The file’s notes about itself are not plain texts.';
const NOT_A_TENSOR = 'The file’s header does not describe each tensor by type, shape and place.';

function tensorOf(name: string, value: HeaderJson, start: number): SafetensorsTensor {
  if (name === '' || name.length > MOST_NAME_CHARACTERS || hasControls(name))
    throw refuse('The file holds a tensor without a proper name.');
  if (!isObject(value) || value.size !== 3) throw refuse(NOT_A_TENSOR);
  const type = value.get('dtype');
  const shape = numbersOf(value.get('shape'));
  const [from, to, ...more] = numbersOf(value.get('data_offsets'));
  if (typeof type !== 'string' || from === undefined || to === undefined || more.length > 0)
    throw refuse(NOT_A_TENSOR);
  const bits = TYPE_BITS.get(type);
  if (bits === undefined) throw refuse('The file holds a tensor of an unknown type.');
  if (shape.length > MOST_DIMENSIONS)
    throw refuse(`The file holds a tensor of more than ${MOST_DIMENSIONS} dimensions.`);
  if (to < from || bytesOf(shape, bits) !== to - from)
    throw refuse('The file holds a tensor whose shape does not fill its place.');
  return { name, type, shape, offset: start + from, bytes: to - from };
}

/** `undefined` when the values do not fill whole bytes or are more than any file has. */
function bytesOf(shape: readonly number[], bits: number): number | undefined {
  let product = bits;
  for (const dimension of shape) {
    product *= dimension;
    if (product > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return product % 8 === 0 ? product / 8 : undefined;
}

/** @param tensors  by place @returns bytes of all of them */
function place(tensors: readonly SafetensorsTensor[], start: number, fileBytes: number): number {
  if (tensors.length === 0) throw refuse('The file holds no tensors, so there is no model in it.');
  let end = start;
  for (const { offset, bytes } of tensors) {
    if (offset !== end)
      throw refuse('The file’s tensors do not lie one behind the other: some overlap or leave a gap.');
    end += bytes;
    if (end > fileBytes)
      throw refuse(
        'The file ends before its last tensor does: it was not fetched to its end. Fetch it again.',
      );
  }
  if (end !== fileBytes)
    throw refuse('The file holds more behind its last tensor, and nothing says what it is.');
  return end - start;
}

const isObject = (value: HeaderJson | undefined): value is ReadonlyMap<string, HeaderJson> =>
  value instanceof Map;

function numbersOf(value: HeaderJson | undefined): readonly number[] {
  if (!Array.isArray(value)) throw refuse(NOT_A_TENSOR);
  return value.map((item: HeaderJson) => {
    if (typeof item !== 'number') throw refuse(NOT_A_TENSOR);
    return item;
  });
}
