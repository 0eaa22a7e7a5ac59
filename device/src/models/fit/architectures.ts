/**
 * What llama.cpp knows of architectures and their headers do not say: which keep keys and values in the ordinary way, and
 * which of their layers look back only a window. Separate because it is a table to be read again with each new llama.cpp.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp `create_memory`, as of 0.5.0
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Keys and values for every token and layer, or for a window of them. An architecture that is not here is not guessed at. */
export const ATTENTION = words(`
  afmoe apertus arcee arctic baichuan bailingmoe bailingmoe2 bitnet bloom chameleon chatglm codeshell cogvlm cohere2
  cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr dots1 ernie4_5 ernie4_5-moe exaone exaone-moe exaone4
  falcon gemma gemma2 gemma3 gemma3n gemma4 glm4 glm4moe gpt-oss gpt2 gptj gptneox granite granite_swa granitemoe grok
  grovemoe hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 internlm2 jais jais2 laguna llama llama-embed llama4 maincoder
  maple mellum mimo2 minicpm minicpm3 minimax-m2 mistral3 mistral4 mpt muse-glimmer nemotron olmo olmo2 olmoe openelm
  orion paddleocr pangu-embedded phi2 phi3 phimoe plamo plamo3 plm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl
  qwen3vlmoe refact seed_oss smallthinker smollm3 spark2_5 stablelm starcoder starcoder2 step35 xverse`);

/** Nothing is remembered from one token to the next. */
export const CACHELESS = words(`
  bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert gemma-embedding dream llada
  llada-moe rnd1`);

/** Most layers keep a state of a fixed size (gated delta net), every so many keys and values. */
export const GATED_DELTA = words('qwen3next qwen35 qwen35moe');
/** Where the header does not say otherwise. */
export const GATED_DELTA_INTERVAL = 4;

export interface WindowRule {
  /** One layer in so many looks back all the way; 0 when the header has to say which. */
  readonly period: number;
  /** It is the first of them, not the last. */
  readonly isFullFirst?: boolean;
  /** Tokens, whatever the header says. */
  readonly fixed?: number;
  /** Tokens, where the header says nothing. Without this, there is no window then. */
  readonly usual?: number;
  /** Only models of so many layers have one. */
  readonly layers?: number;
}

/** Architectures whose window llama.cpp uses. In all others every layer looks back all the way, whatever the header says. */
export const WINDOWS: Readonly<Record<string, WindowRule>> = {
  afmoe: { period: 4 },
  cohere2: { period: 4 },
  cohere2moe: { period: 4, isFullFirst: true },
  'exaone-moe': { period: 4 },
  exaone4: { period: 4, usual: 4_096, layers: 64 },
  gemma2: { period: 2, usual: 4_096 },
  gemma3: { period: 6 },
  gemma3n: { period: 5 },
  gemma4: { period: 0 },
  'gpt-oss': { period: 2 },
  granite_swa: { period: 0 },
  laguna: { period: 4, isFullFirst: true },
  llama4: { period: 4, fixed: 8_192 },
  maple: { period: 0 },
  mellum: { period: 4 },
  mimo2: { period: 0 },
  'muse-glimmer': { period: 4 },
  olmo2: { period: 4 },
  plamo3: { period: 8 },
  smallthinker: { period: 4, isFullFirst: true, fixed: 4_096 },
  spark2_5: { period: 0 },
  step35: { period: 0 },
};

/** Layers from the front that remember for themselves; the rest share. @see src/models/gemma3n.cpp `n_layer_kv_from_start` */
export const GEMMA3N_OWN_LAYERS = 20;
