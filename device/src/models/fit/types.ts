/**
 * What of a model takes memory, and what that comes to. Separate because the catalogue, the supervisor and the pages show
 * these and none of them calculates. What a header does not tell is `undefined` or `unknown` here, never a guess.
 */

/** How one layer remembers what it has read. */
export type Layer =
  /** Keys and values of each token; `window` when only of the last so many. Widths in values per token; a value width of
   *  0 where values are made from the keys. */
  | {
      readonly kind: 'attention';
      readonly keyWidth: number;
      readonly valueWidth: number;
      readonly window?: number;
    }
  /** A state of a fixed size per conversation, in values of 4 bytes. */
  | { readonly kind: 'recurrent'; readonly stateValues: number }
  /** It shares another layer's memory. */
  | { readonly kind: 'shared' };

export interface ModelShape {
  /** As llama.cpp names it. */
  readonly architecture: string | undefined;
  /** Every tensor of every part. */
  readonly weightBytes: number | undefined;
  /** It was made for so many tokens. */
  readonly contextTokens: number | undefined;
  readonly embeddingLength: number | undefined;
  readonly vocabularySize: number | undefined;
  readonly memory: LayerMemory;
}

export type LayerMemory =
  | { readonly kind: 'known'; readonly layers: readonly Layer[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** How the context may be kept: llama.cpp's `--cache-type-k` and `-v`. @see common/arg.cpp `kv_cache_types` */
export const KV_TYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0', 'IQ4_NL'] as const;
export type KvType = (typeof KV_TYPES)[number];

/** What an engine shall be able to do. */
export interface Serving {
  /** Of each conversation, ≥ 1. */
  readonly contextTokens: number;
  /** Conversations at once, ≥ 1. */
  readonly slots: number;
  /** llama.cpp's own default is F16. */
  readonly kvType: KvType;
}

export interface Need {
  readonly weightBytes: number;
  /** Keys, values and states of all conversations. */
  readonly contextBytes: number;
  /** What computing needs besides; an estimate, see `computeBytes`. */
  readonly computeBytes: number;
  readonly totalBytes: number;
}

export interface Fit {
  /** `unknown` when neither a yes nor a no can be proven. */
  readonly kind: 'comfortable' | 'tight' | 'does-not-fit' | 'unknown';
  /** `undefined` when the header does not tell all of it. */
  readonly need: Need | undefined;
  /** With as many slots: a multiple of 256 or what the model was made for, and 0 when none fits. */
  readonly largestContextTokens: number | undefined;
  /** Sentences for a person. */
  readonly reason: string;
}
