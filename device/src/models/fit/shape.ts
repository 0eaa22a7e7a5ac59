/**
 * A gated header's facts, as the calculation of memory needs them. Separate because it is the only door from headers to that
 * calculation: behind it there are layers and widths only.
 */
import type { GgufHeader, ModelHeader } from '../gate/types.ts';
import { keysOf } from './keys.ts';
import { layersOf } from './layers.ts';
import type { ModelShape } from './types.ts';

/**
 * @param first  the file, or the first part of a split model, which alone says what the model is
 * @param more  the other parts
 */
export function shapeOf(first: ModelHeader, more: readonly GgufHeader[] = []): ModelShape {
  if (first.kind === 'safetensors')
    return {
      architecture: undefined,
      weightBytes: first.tensorBytes,
      contextTokens: undefined,
      embeddingLength: undefined,
      vocabularySize: undefined,
      memory: { kind: 'unknown', why: 'a safetensors file does not say how its model is built' },
    };
  const keys = keysOf(first);
  const parts = [first, ...more];
  return {
    architecture: keys?.architecture,
    weightBytes:
      parts.length === (first.split?.count ?? 1)
        ? parts.reduce((sum, { tensorBytes }) => sum + tensorBytes, 0)
        : undefined,
    contextTokens: keys?.count('context_length'),
    embeddingLength: keys?.count('embedding_length'),
    vocabularySize: first.listLengths.get('tokenizer.ggml.tokens') ?? keys?.count('vocab_size'),
    memory:
      keys === undefined
        ? { kind: 'unknown', why: 'the file does not name its architecture' }
        : layersOf(keys),
  };
}
