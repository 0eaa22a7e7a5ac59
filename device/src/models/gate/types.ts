/**
 * What a model file's header says once it has been judged: only facts that hold for this file, nothing taken on trust.
 * Separate because the catalogue, the memory calculation and the engines read these and none of them reads a file.
 */

/** 64-bit numbers that a JavaScript number cannot hold exactly stay bigints. */
export type GgufScalar = number | bigint | boolean | string;
export type GgufValue = GgufScalar | readonly GgufScalar[];

export interface GgufTensor {
  readonly name: string;
  /** ggml's name of the type, for instance `Q4_K`. */
  readonly type: string;
  /** One to four dimensions, fastest first; none for a single value. */
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface GgufHeader {
  readonly kind: 'gguf';
  readonly version: 2 | 3;
  /** Without the lists that were longer than asked for. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Items of every list, kept or not: `tokenizer.ggml.tokens` is the size of the vocabulary. */
  readonly listLengths: ReadonlyMap<string, number>;
  readonly tensors: readonly GgufTensor[];
  /** All tensors of this file together, without padding. */
  readonly tensorBytes: number;
  readonly fileBytes: number;
  /** One of several files that make one model. */
  readonly split?: GgufSplit;
}

/** @see https://github.com/ggml-org/llama.cpp/blob/master/tools/gguf-split/README.md */
export interface GgufSplit {
  /** From 0. */
  readonly index: number;
  /** At least 2. */
  readonly count: number;
  /** Tensors of all files together, when the file says so. */
  readonly tensorCount?: number;
}

export interface SafetensorsTensor {
  readonly name: string;
  /** The format's name, for instance `BF16`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly kind: 'safetensors';
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: readonly SafetensorsTensor[];
  readonly tensorBytes: number;
  readonly fileBytes: number;
}

export type ModelHeader = GgufHeader | SafetensorsHeader;

/** How much of a header is kept in memory. */
export interface Keeping {
  /** Lists with more items are checked and counted, but not kept: a vocabulary is 20 MB that the agent has no use for. */
  readonly listItems: number;
}
