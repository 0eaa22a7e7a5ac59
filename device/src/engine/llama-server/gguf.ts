/**
 * The key-value part of a GGUF file: what a model says about itself, before any native code has seen it.
 * Separate because the file is hostile: every count and length is bounded, and nothing it says is used as an offset.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { CodedError } from '../../errors.ts';

/** Far above any real model: Gemma has 262,144 tokens, the largest known templates 60 kB, some 60 keys. */
const MAX_KEYS = 10_000;
const MAX_LIST = 4_000_000;
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** All keys together. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;
const WINDOW_BYTES = 1024 * 1024;

export type GgufValue = number | boolean | string | readonly (number | boolean | string)[];

const TEXT = 8;
const LIST = 9;
/** Value type → bytes and how they are read. 64-bit integers become numbers: no key used here needs more. */
const SCALARS: Readonly<
  Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number | boolean]>
> = {
  0: [1, (view, at) => view.getUint8(at)],
  1: [1, (view, at) => view.getInt8(at)],
  2: [2, (view, at) => view.getUint16(at, true)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [4, (view, at) => view.getUint32(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getFloat32(at, true)],
  7: [1, (view, at) => view.getUint8(at) !== 0],
  10: [8, (view, at) => Number(view.getBigUint64(at, true))],
  11: [8, (view, at) => Number(view.getBigInt64(at, true))],
  12: [8, (view, at) => view.getFloat64(at, true)],
};

/**
 * All keys and values. Blocks while it reads, a second for the largest vocabularies: meant for a process that does not serve yet.
 * @throws model_file_refused with a sentence that does not name the file
 */
export function readGgufMetadata(path: string): ReadonlyMap<string, GgufValue> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return readKeys(new FileReader(file));
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('model_file_refused', 'The file cannot be read.', { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readKeys(reader: FileReader): Map<string, GgufValue> {
  const magic = reader.take(4).toString('latin1');
  const version = reader.scalar(4);
  if (magic !== 'GGUF' || (version !== 2 && version !== 3))
    throw refuse('The file is not a GGUF model of version 2 or 3.');
  reader.scalar(10); // tensors: the loader's business
  const keys = reader.count(MAX_KEYS);
  const found = new Map<string, GgufValue>();
  for (let at = 0; at < keys; at++) {
    const key = reader.text();
    found.set(key, readValue(reader, reader.scalar(4)));
  }
  return found;
}

function readValue(reader: FileReader, type: number | boolean): GgufValue {
  if (type === TEXT) return reader.text();
  if (type !== LIST) return reader.scalar(Number(type));
  const itemType = reader.scalar(4);
  if (itemType === LIST) throw refuse('The file holds lists of lists.');
  const length = reader.count(MAX_LIST);
  const list: (number | boolean | string)[] = [];
  for (let at = 0; at < length; at++)
    list.push(itemType === TEXT ? reader.text() : reader.scalar(Number(itemType)));
  return list;
}

/** Bytes of a file in order, a window at a time. */
class FileReader {
  readonly #file: number;
  #window: Buffer = Buffer.alloc(0);
  #at = 0;
  #total = 0;

  constructor(file: number) {
    this.#file = file;
  }

  /** The next bytes; valid until the next call. */
  take(bytes: number): Buffer {
    if (this.#at + bytes > this.#window.length) this.#fill(bytes);
    this.#at += bytes;
    return this.#window.subarray(this.#at - bytes, this.#at);
  }

  scalar(type: number): number | boolean {
    const scalar = SCALARS[type];
    if (scalar === undefined) throw refuse('The file holds a value of an unknown type.');
    const bytes = this.take(scalar[0]);
    return scalar[1](new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  }

  count(most: number): number {
    const count = Number(this.scalar(10));
    if (count > most) throw refuse('The file announces more than any model has.');
    return count;
  }

  text(): string {
    return this.take(this.count(MAX_TEXT_BYTES)).toString('utf8');
  }

  #fill(needed: number): void {
    const rest = this.#window.subarray(this.#at);
    const next = Buffer.allocUnsafe(Math.max(WINDOW_BYTES, needed));
    rest.copy(next);
    let length = rest.length;
    while (length < needed) {
      const read = readSync(this.#file, next, length, next.length - length, null);
      if (read === 0) throw refuse('The file ends in the middle of its header.');
      length += read;
      this.#total += read;
    }
    if (this.#total > MAX_TOTAL_BYTES) throw refuse('The file announces more than any model has.');
    this.#window = next.subarray(0, length);
    this.#at = 0;
  }
}

const refuse = (detail: string): CodedError => new CodedError('model_file_refused', detail);
