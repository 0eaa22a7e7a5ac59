/**
 * One value of a GGUF file's metadata: a scalar, a text or a flat list. Lists of lists are refused.
 * Separate because lists are where a small file makes a reader work: what all of them may hold together is counted here.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md `gguf_metadata_value_type`
 */
import { type Asking, type Cursor, refuse } from '../cursor.ts';
import type { GgufScalar, GgufValue } from '../types.ts';

/** Chat templates have 60 kB; `tokenizer.huggingface.json` may hold a whole tokenizer, Gemma's of 33 MB. */
const MOST_TEXT_BYTES = 40 * 1024 * 1024;
/** All lists of a file together. Gemma's 262,144 tokens with scores, types and merges are 1.3 million items. */
export const MOST_LIST_ITEMS = 8_000_000;

/** Types of values by the numbers that stand in the file. */
export const UINT8 = 0;
export const INT8 = 1;
export const UINT32 = 4;
export const INT32 = 5;
export const FLOAT32 = 6;
const BOOL = 7;
export const TEXT = 8;
const LIST = 9;

type Read = (view: DataView) => number | bigint;
const SCALARS: ReadonlyMap<number, readonly [bytes: number, read: Read]> = new Map<
  number,
  readonly [number, Read]
>([
  [UINT8, [1, (view) => view.getUint8(0)]],
  [INT8, [1, (view) => view.getInt8(0)]],
  [2, [2, (view) => view.getUint16(0, true)]],
  [3, [2, (view) => view.getInt16(0, true)]],
  [UINT32, [4, (view) => view.getUint32(0, true)]],
  [INT32, [4, (view) => view.getInt32(0, true)]],
  [FLOAT32, [4, (view) => view.getFloat32(0, true)]],
  [BOOL, [1, (view) => view.getUint8(0)]],
  [10, [8, (view) => exact(view.getBigUint64(0, true))]],
  [11, [8, (view) => exact(view.getBigInt64(0, true))]],
  [12, [8, (view) => view.getFloat64(0, true)]],
]);

/** What is left for the lists to come. */
export interface ListBudget {
  items: number;
}

export interface ReadValue {
  readonly type: number;
  /** `undefined` for a list that is not kept. */
  readonly value: GgufValue | undefined;
  readonly list?: { readonly itemType: number; readonly length: number };
}

/** @param keepItems  longest list to keep */
export function* readValue(cursor: Cursor, budget: ListBudget, keepItems: number): Asking<ReadValue> {
  if (cursor.left < 4) yield* cursor.ask(4);
  const type = cursor.u32();
  if (type !== LIST) return { type, value: yield* readScalar(cursor, type) };
  if (cursor.left < 12) yield* cursor.ask(12);
  const itemType = cursor.u32();
  const length = cursor.u64();
  if (itemType === LIST) throw refuse('The file holds lists of lists, which no model needs.');
  cursor.expect(length * bytesOf(itemType));
  budget.items -= length;
  if (budget.items < 0) throw refuse('The file announces longer lists than any model has.');
  if (length > keepItems) {
    yield* passOver(cursor, itemType, length);
    return { type, value: undefined, list: { itemType, length } };
  }
  const value: GgufScalar[] = [];
  while (value.length < length) value.push(yield* readScalar(cursor, itemType));
  return { type, value, list: { itemType, length } };
}

/** Checks the items of a list without keeping them. */
function* passOver(cursor: Cursor, type: number, length: number): Asking<void> {
  if (type !== TEXT && type !== BOOL) return yield* cursor.skip(length * bytesOf(type));
  for (let at = 0; at < length; at++) yield* readScalar(cursor, type);
}

function* readScalar(cursor: Cursor, type: number): Asking<GgufScalar> {
  if (type === TEXT) return yield* readText(cursor, MOST_TEXT_BYTES);
  const [bytes, read] = scalar(type);
  if (cursor.left < bytes) yield* cursor.ask(bytes);
  const value = read(cursor.take(bytes));
  if (type !== BOOL) return value;
  if (value !== 0 && value !== 1)
    throw refuse('The file holds a truth value that is neither true nor false.');
  return value === 1;
}

/** A length and as many bytes of UTF-8. @param most  bytes */
export function* readText(cursor: Cursor, most: number): Asking<string> {
  if (cursor.left < 8) yield* cursor.ask(8);
  const bytes = cursor.u64();
  cursor.expect(bytes);
  if (bytes > most) throw refuse('The file holds a longer text than any model has.');
  if (cursor.left < bytes) yield* cursor.ask(bytes);
  return cursor.text(bytes);
}

function scalar(type: number): readonly [bytes: number, read: Read] {
  const found = SCALARS.get(type);
  if (found === undefined) throw refuse('The file holds a value of an unknown type.');
  return found;
}

/** The least an item takes in the file. */
const bytesOf = (type: number): number => (type === TEXT ? 8 : scalar(type)[0]);

const exact = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
