/** What memory a model of the catalogue would take, before a byte of it is here. Separate: manifests tell less than headers. */
import type { ModelManifest } from '@b3iq/wire';
import type { Fit, ModelShape } from '../fit/types.ts';
import { judgeFit } from '../fit.ts';
import { everyday } from '../list.ts';

/** Weights are nearly all of a file; its vocabulary and names are some megabytes, which are counted as weights here. */
export function shapeOfManifest({ size_bytes, context_tokens, memory }: ModelManifest): ModelShape {
  return {
    architecture: undefined,
    weightBytes: size_bytes,
    contextTokens: context_tokens,
    embeddingLength: memory?.embedding_length,
    vocabularySize: memory?.vocabulary_size,
    memory:
      memory === undefined
        ? {
            kind: 'unknown',
            why: 'how it is built is not published in the catalogue; its header tells once it is here',
          }
        : {
            kind: 'known',
            layers: Array.from({ length: memory.layers }, () => ({
              kind: 'attention',
              keyWidth: memory.key_width,
              valueWidth: memory.value_width,
            })),
          },
  };
}

/** @param budgetBytes  see `judgeFit` */
export function fitOfManifest(manifest: ModelManifest, budgetBytes: number): Fit {
  const shape = shapeOfManifest(manifest);
  if (shape.weightBytes !== undefined) return judgeFit(shape, everyday(shape), budgetBytes);
  return {
    kind: 'unknown',
    need: undefined,
    largestContextTokens: undefined,
    reason:
      'Its size is not in the catalogue: the server tells it when it is fetched, before a byte is written.',
  };
}
