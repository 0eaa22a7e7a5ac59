/**
 * A whole GGUF header, version 2 or 3, little-endian: read once in order, judged as it is read, refused at the first doubt.
 * Separate from reading files, so that a million damaged headers can be tried in memory.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { type Asking, type Cursor, refuse } from '../cursor.ts';
import { hasControls } from '../names.ts';
import type { GgufHeader, GgufSplit, GgufValue, Keeping } from '../types.ts';
import { checkLists } from './lists.ts';
import { LEAST_TENSOR_BYTES, type ListedTensor, padded, placeTensors, readTensor } from './tensors.ts';
import { MOST_LIST_ITEMS, readText, readValue, UINT32 } from './values.ts';

/** Gemma's header with 262,144 tokens is 17 MB. */
export const MOST_GGUF_HEADER_BYTES = 64 * 1024 * 1024;
/** Real files have some 60. Each takes a length, a name of one byte, a type and a value of one. */
const MOST_KEYS = 4_096;
const LEAST_KEY_BYTES = 8 + 1 + 4 + 1;
/** The format's own bound is 65,535; the longest known key has 60. */
const MOST_KEY_BYTES = 256;
/** The largest known file has some 2,000. llama.cpp compares each name with every other. */
const MOST_TENSORS = 16_384;
const DEFAULT_ALIGNMENT = 32;
/** The format asks for a multiple of 8. No file beyond a memory page is known; without a bound, padding wraps around. */
const LEAST_ALIGNMENT = 8;
const MOST_ALIGNMENT = 65_536;
/** `LLAMA_MAX_LAYERS`: loaders keep what they know of layers in arrays of this size. */
const MOST_LAYERS = 512;

/** @throws model_file_refused */
export function* parseGguf(cursor: Cursor, keeping: Keeping): Asking<GgufHeader> {
  yield* cursor.ask(24);
  cursor.take(4); // the mark: whoever chose this parser has seen it
  const version = versionOf(cursor.u32());
  const tensorCount = cursor.u64();
  const keyCount = cursor.u64();
  if (keyCount > MOST_KEYS || tensorCount > MOST_TENSORS)
    throw refuse('The file announces more keys or tensors than any model has.');
  cursor.expect(keyCount * LEAST_KEY_BYTES + tensorCount * LEAST_TENSOR_BYTES);

  const { metadata, listLengths, alignment } = yield* readMetadata(cursor, keyCount, keeping);
  checkLayers(metadata);
  const listed: ListedTensor[] = [];
  const names = new Set<string>();
  for (let at = 0; at < tensorCount; at++) {
    const tensor = yield* readTensor(cursor);
    if (names.has(tensor.name)) throw refuse('The file lists a tensor twice.');
    names.add(tensor.name);
    listed.push(tensor);
  }
  const split = splitOf(metadata);
  if (tensorCount === 0 && split === undefined)
    throw refuse('The file holds no tensors, so there is no model in it.');
  const { fileBytes } = cursor;
  const tensors = placeTensors(listed, { start: padded(cursor.position, alignment), alignment, fileBytes });
  return {
    kind: 'gguf',
    version,
    metadata,
    listLengths,
    tensors,
    tensorBytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    fileBytes,
    ...(split === undefined ? {} : { split }),
  };
}

function versionOf(version: number): 2 | 3 {
  if (version === 2 || version === 3) return version;
  if (version === 1) throw refuse('The file is a GGUF of version 1, which no engine reads any more.');
  if ((version & 0xffff) === 0 && version !== 0)
    throw refuse('The file is a GGUF made for big-endian machines. Fetch the ordinary one.');
  throw refuse('The file is a GGUF of a version that is not known. Version 2 and 3 are.');
}

interface Metadata {
  readonly metadata: Map<string, GgufValue>;
  readonly listLengths: Map<string, number>;
  readonly alignment: number;
}

function* readMetadata(cursor: Cursor, count: number, keeping: Keeping): Asking<Metadata> {
  const metadata = new Map<string, GgufValue>();
  const listLengths = new Map<string, number>();
  const listTypes = new Map<string, number>();
  const budget = { items: MOST_LIST_ITEMS };
  let alignment = DEFAULT_ALIGNMENT;
  for (let at = 0; at < count; at++) {
    const key = yield* readText(cursor, MOST_KEY_BYTES);
    if (key === '' || hasControls(key)) throw refuse('The file holds a key without a proper name.');
    if (metadata.has(key) || listLengths.has(key)) throw refuse('The file holds a key twice.');
    const { type, value, list } = yield* readValue(cursor, budget, keeping.listItems);
    if (value !== undefined) metadata.set(key, value);
    if (list !== undefined) {
      listLengths.set(key, list.length);
      listTypes.set(key, list.itemType);
    }
    if (key === 'general.alignment') alignment = alignmentOf(type, value);
  }
  checkLists(listTypes, listLengths, (key) => metadata.has(key) || listLengths.has(key));
  return { metadata, listLengths, alignment };
}

function alignmentOf(type: number, value: GgufValue | undefined): number {
  const isSane =
    type === UINT32 &&
    typeof value === 'number' &&
    value >= LEAST_ALIGNMENT &&
    value <= MOST_ALIGNMENT &&
    Number.isInteger(Math.log2(value));
  if (!isSane) throw refuse('The file asks for an alignment that no model needs.');
  return value;
}

/** A loader writes beyond its arrays, or gives up at once, with a number of layers it has no room for. */
function checkLayers(metadata: ReadonlyMap<string, GgufValue>): void {
  const blocks = metadata.get(`${String(metadata.get('general.architecture'))}.block_count`);
  if (blocks === undefined) return;
  if (typeof blocks !== 'number' || !Number.isInteger(blocks) || blocks < 1 || blocks > MOST_LAYERS)
    throw refuse(`The file says that its model has other than 1 to ${MOST_LAYERS} layers.`);
}

/** @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-arch.cpp `split.no`, `split.count` */
function splitOf(metadata: ReadonlyMap<string, GgufValue>): GgufSplit | undefined {
  const count = metadata.get('split.count');
  if (count === undefined || count === 0 || count === 1) return undefined;
  const index = metadata.get('split.no');
  const tensorCount = metadata.get('split.tensors.count');
  if (
    !isCount(count) ||
    !isCount(index) ||
    index >= count ||
    !(tensorCount === undefined || isCount(tensorCount))
  )
    throw refuse('The file is one part of several, but does not say properly which.');
  return { index, count, ...(tensorCount === undefined ? {} : { tensorCount }) };
}

/** Parts are numbered with 16 bits; tensors of all parts together stay far below as well. */
const isCount = (value: GgufValue | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff;
