/**
 * Bytes that a model takes in llama.cpp with every layer on one kind of memory: weights, context and room to compute.
 * Separate from judging a machine by them.
 */
import { GGML_TYPES } from '../gate/gguf/ggml-types.ts';
import type { KvType, Layer, ModelShape, Need, Serving } from './types.ts';

/** Tokens worked through at once: llama.cpp's `n_ubatch`. */
const BATCH_TOKENS = 512;
/** Cells are given out in pieces of so many. */
export const CELL_STEP = 256;
/** Driver, program and allocator; our margin, to be replaced by measurements of the machine. */
const RUNTIME_BYTES = 256 * 1024 * 1024;

const TYPES = new Map([...GGML_TYPES.values()].map((type) => [type.name, type]));

/** @returns `undefined` when the shape does not say, or the context cannot be kept as that type */
export function needOf(shape: ModelShape, serving: Serving): Need | undefined {
  const { weightBytes, memory } = shape;
  if (weightBytes === undefined || memory.kind === 'unknown') return undefined;
  const contextBytes = contextBytesOf(memory.layers, serving);
  if (contextBytes === undefined) return undefined;
  const compute = computeBytes(shape, serving.contextTokens);
  return {
    weightBytes,
    contextBytes,
    computeBytes: compute,
    totalBytes: weightBytes + contextBytes + compute,
  };
}

/**
 * Keys and values of every slot, by llama.cpp's own layout: for each layer two tensors of width × cells × slots, in rows of
 * the chosen type. A slot has as many cells as its context has tokens; in layers with a window, as many as the window and
 * one batch. Both are rounded up to 256. States are kept in F32, one for each slot.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-kv-cache.cpp the constructor, `kv_unified` off
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-kv-cache-iswa.cpp `size_swa`
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-memory-recurrent.cpp
 */
export function contextBytesOf(
  layers: readonly Layer[],
  { contextTokens, slots, kvType }: Serving,
): number | undefined {
  const cells = padded(contextTokens);
  let bytes = 0;
  for (const layer of layers) {
    if (layer.kind === 'shared') continue;
    if (layer.kind === 'recurrent') {
      bytes += layer.stateValues * 4 * slots;
      continue;
    }
    const row = rowBytes(layer.keyWidth, kvType) + rowBytes(layer.valueWidth, kvType);
    const own = layer.window === undefined ? cells : padded(Math.min(cells, layer.window + BATCH_TOKENS));
    bytes += row * own * slots;
  }
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Not a number when rows of that width are not whole blocks, which llama.cpp refuses. */
function rowBytes(width: number, type: KvType): number {
  const found = TYPES.get(type);
  if (found === undefined || width % found.blockValues !== 0) return Number.NaN;
  return (width / found.blockValues) * found.blockBytes;
}

/**
 * Room to compute one batch. llama.cpp plans this with the whole graph, which no header holds; this is an estimate of its
 * largest parts in F32: the scores of all tokens of the vocabulary, the mask over the context, eight rows as wide as the
 * model; and a fixed margin. What the header does not tell is left out.
 */
export function computeBytes(
  { vocabularySize, embeddingLength }: Pick<ModelShape, 'vocabularySize' | 'embeddingLength'>,
  contextTokens: number,
): number {
  const values = (vocabularySize ?? 0) + padded(contextTokens) + 8 * (embeddingLength ?? 0);
  return RUNTIME_BYTES + values * BATCH_TOKENS * 4;
}

const padded = (tokens: number): number => Math.ceil(tokens / CELL_STEP) * CELL_STEP;
