/**
 * Lists that native code reads as the type it expects: they must be of that type and as long as the vocabulary.
 * Separate because loaders have checked how many items such a list has, and then read four bytes for each of one.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp `gguf_get_arr_data`, and tools/mtmd/clip.cpp
 */
import { refuse } from '../cursor.ts';
import { FLOAT32, INT8, INT32, TEXT, UINT8, UINT32 } from './values.ts';

interface ListRule {
  readonly types: readonly number[];
  /** It has an item for each token. */
  readonly isPerToken?: boolean;
}

const TOKENS = 'tokenizer.ggml.tokens';
const RULES: Readonly<Record<string, ListRule>> = {
  [TOKENS]: { types: [TEXT] },
  'tokenizer.ggml.merges': { types: [TEXT] },
  'tokenizer.ggml.scores': { types: [FLOAT32, INT32], isPerToken: true },
  'tokenizer.ggml.token_type': { types: [INT32], isPerToken: true },
  'tokenizer.ggml.suppress_tokens': { types: [INT32] },
  'tokenizer.ggml.precompiled_charsmap': { types: [INT8, UINT8] },
  'adapter.alora.invocation_tokens': { types: [UINT32] },
  'clip.vision.image_mean': { types: [FLOAT32] },
  'clip.vision.image_std': { types: [FLOAT32] },
};

/** @param listTypes  type of the items of every list @param isThere  whether there is such a key at all */
export function checkLists(
  listTypes: ReadonlyMap<string, number>,
  listLengths: ReadonlyMap<string, number>,
  isThere: (key: string) => boolean,
): void {
  const tokens = listLengths.get(TOKENS) ?? 0;
  for (const [key, { types, isPerToken }] of Object.entries(RULES)) {
    if (!isThere(key)) continue;
    if (!types.includes(listTypes.get(key) ?? -1))
      throw refuse('The file’s vocabulary is not of the types it must be.');
    if (isPerToken && (listLengths.get(key) ?? 0) < tokens)
      throw refuse('The file does not describe every token of its vocabulary.');
  }
}
