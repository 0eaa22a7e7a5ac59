/**
 * One loaded GGUF as a `Backend`: the only file that touches node-llama-cpp.
 * Separate, and only ever run in the engine's own process: a hostile file or a driver fault ends that process.
 */
import {
  getLlama,
  type Llama,
  type LlamaContextSequence,
  type LlamaEmbeddingContext,
  LlamaGrammarEvaluationState,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
  TokenBias,
} from 'node-llama-cpp';
import { CodedError } from '../../errors.ts';
import type { Backend, BackendHealth, Prompt, SampledToken, TokenProbability } from '../openai/port.ts';
import type { ChatRequest, CompletionRequest, InferenceRequest } from '../openai/types.ts';
import { readModelFacts, type SamplingDefaults } from './model-facts.ts';
import { type PromptModel, preparePrompts } from './model-prompts.ts';
import { Slots } from './slots.ts';

export interface LoadOptions {
  readonly modelId: string;
  readonly modelPath: string;
  readonly contextTokens: number;
  readonly slots: number;
  readonly threads: number;
  /** `auto` takes a GPU when a package for one is installed and works. */
  readonly gpu: 'auto' | false;
  readonly onProgress: (part: number) => void;
}

/** Prompts go in pieces of this many tokens, so that a client's leaving is noticed between two of them. */
const PREFILL_TOKENS = 512;

/** Loads the model and makes room for all slots. @throws when llama.cpp refuses the file; may also abort the process */
export async function loadModel(options: LoadOptions): Promise<Backend> {
  const llama = await getLlama({
    gpu: options.gpu,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({
    modelPath: options.modelPath,
    onLoadProgress: options.onProgress,
    ...(options.gpu === false ? { gpuLayers: 0 } : {}),
  });
  // One more than is promised: the last sampled token needs a cell only if something follows it, yet the library
  // shifts the context one token early.
  const contextSize = options.contextTokens + 1;
  const context = await model.createContext({
    contextSize,
    sequences: options.slots,
    threads: options.threads,
    failedCreationRemedy: false,
  });
  const sequences = Array.from({ length: options.slots }, () => context.getSequence());
  return new LlamaBackend(llama, model, sequences, options);
}

class LlamaBackend implements Backend {
  readonly modelId: string;
  readonly fingerprint: string;
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #slots: Slots<LlamaContextSequence>;
  readonly #options: LoadOptions;
  readonly #prompts: PromptModel;
  readonly #defaults: SamplingDefaults;
  readonly #bytesOf: (token: number) => Uint8Array;
  readonly #embedder = new Slots<'embedder'>(['embedder']);
  #embedding: LlamaEmbeddingContext | undefined;
  #lastStepMs = 0;

  constructor(llama: Llama, model: LlamaModel, sequences: LlamaContextSequence[], options: LoadOptions) {
    const facts = readModelFacts(model, options.contextTokens);
    this.modelId = options.modelId;
    this.fingerprint = `fp_${llama.llamaCppRelease.release}_${facts.fingerprint}`;
    this.#llama = llama;
    this.#model = model;
    this.#slots = new Slots(sequences);
    this.#options = options;
    this.#prompts = facts.prompts;
    this.#defaults = facts.sampling;
    this.#bytesOf = facts.bytesOf;
  }

  prepare(request: InferenceRequest): readonly Prompt[] {
    return preparePrompts(this.#prompts, request);
  }

  async *generate(
    request: ChatRequest | CompletionRequest,
    prompt: Prompt,
    choice: number,
    signal: AbortSignal,
  ): AsyncGenerator<SampledToken, void> {
    const grammar = prompt.grammar === undefined ? undefined : await this.#grammar(prompt.grammar);
    const tokens = prompt.tokens as readonly Token[]; // checked or made by the tokenizer
    const sequence = await this.#slots.take(signal, (free) => longestKept(free, tokens));
    this.#step();
    try {
      const last = await this.#prefill(sequence, tokens, signal);
      yield* this.#sample(sequence, last, request, { grammar, choice, room: prompt.room }, signal);
    } catch (error) {
      await sequence.clearHistory().catch(() => undefined); // whatever it holds now cannot be trusted as a prefix
      throw error;
    } finally {
      this.#slots.give(sequence);
    }
  }

  /** Evaluates all but the last token; what the slot still holds of the same beginning is kept. */
  async #prefill(
    sequence: LlamaContextSequence,
    tokens: readonly Token[],
    signal: AbortSignal,
  ): Promise<readonly Token[]> {
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const end = tokens.length - 1;
    while (sequence.nextTokenIndex < end) {
      signal.throwIfAborted();
      const from = sequence.nextTokenIndex;
      await sequence.evaluateWithoutGeneratingNewTokens(
        tokens.slice(from, Math.min(end, from + PREFILL_TOKENS)),
      );
      this.#step();
    }
    return tokens.slice(end);
  }

  async *#sample(
    sequence: LlamaContextSequence,
    last: readonly Token[],
    request: ChatRequest | CompletionRequest,
    {
      grammar,
      choice,
      room,
    }: { grammar: LlamaGrammarEvaluationState | undefined; choice: number; room: number },
    signal: AbortSignal,
  ): AsyncGenerator<SampledToken, void> {
    const { sampling, topLogprobs } = request;
    const temperature = sampling.temperature ?? this.#defaults.temperature;
    const isPlain = sampling.topP === undefined && sampling.minP === undefined && sampling.topK === undefined;
    const generated: Token[] = [];
    const seed = (sampling.seed ?? Math.floor(Math.random() * 2 ** 32)) + choice;
    const hasPenalty = sampling.frequencyPenalty !== 0 || sampling.presencePenalty !== 0;
    const steps = sequence.evaluateWithMetadata(
      [...last],
      { probabilities: topLogprobs !== undefined },
      {
        temperature,
        seed: seed >>> 0,
        topP: sampling.topP ?? (isPlain ? this.#defaults.topP : 1),
        topK: sampling.topK ?? (isPlain ? this.#defaults.topK : 0),
        minP: sampling.minP ?? (isPlain ? this.#defaults.minP : 0),
        yieldEogToken: true,
        ...(grammar === undefined ? {} : { grammarEvaluationState: grammar }),
        ...(sampling.logitBias.size === 0 ? {} : { tokenBias: this.#bias(sampling.logitBias) }),
        ...(hasPenalty
          ? {
              repeatPenalty: {
                punishTokens: () => generated,
                maxPunishTokens: 1024,
                penalty: 1,
                frequencyPenalty: sampling.frequencyPenalty,
                presencePenalty: sampling.presencePenalty,
              },
            }
          : {}),
      },
    );
    for await (const step of steps) {
      this.#step();
      signal.throwIfAborted();
      generated.push(step.token);
      const isEnd = this.#model.isEogToken(step.token);
      const probabilities =
        'probabilities' in step && step.probabilities instanceof Map
          ? logprobs(step.probabilities, step.token, topLogprobs ?? 0, temperature)
          : undefined;
      yield {
        bytes: isEnd ? new Uint8Array(0) : this.#bytesOf(step.token),
        isEnd,
        ...(probabilities === undefined
          ? {}
          : {
              logprob: probabilities.chosen,
              top: probabilities.top.map(
                ([token, logprob]): TokenProbability => ({ bytes: this.#bytesOf(token), logprob }),
              ),
            }),
      };
      if (generated.length >= room) return;
    }
  }

  /** A fresh state of the grammar. @throws invalid_request when llama.cpp finds it too large */
  async #grammar(text: string): Promise<LlamaGrammarEvaluationState> {
    try {
      const grammar = await this.#llama.createGrammar({ grammar: text });
      return new LlamaGrammarEvaluationState({ model: this.#model, grammar });
    } catch (cause) {
      const detail =
        'The schema is too large for the engine: use fewer parts, or smaller bounds on lengths and lists.';
      throw new CodedError('invalid_request', detail, { param: 'response_format', cause });
    }
  }

  #bias(biases: ReadonlyMap<number, number>): TokenBias {
    const bias = TokenBias.for(this.#model);
    for (const [token, logit] of biases)
      if (token < this.#prompts.vocabularySize) bias.set(token as Token, logit <= -100 ? 'never' : { logit }); // checked just before
    return bias;
  }

  async embed(prompt: Prompt, signal: AbortSignal): Promise<Float32Array> {
    const turn = await this.#embedder.take(signal);
    this.#step();
    try {
      this.#embedding ??= await this.#model.createEmbeddingContext({
        contextSize: this.#options.contextTokens + 1,
        batchSize: this.#options.contextTokens + 1,
        threads: this.#options.threads,
      });
      const { vector } = await this.#embedding.getEmbeddingFor([...prompt.tokens] as Token[]); // from prepare
      this.#step();
      const length = Math.hypot(...vector) || 1;
      return Float32Array.from(vector, (value) => value / length);
    } finally {
      this.#embedder.give(turn);
    }
  }

  health(): BackendHealth {
    const busy = this.#slots.busy + this.#embedder.busy;
    return {
      slots: this.#slots.total,
      busy,
      waiting: this.#slots.waiting + this.#embedder.waiting,
      stalledMs: busy === 0 ? 0 : performance.now() - this.#lastStepMs,
    };
  }

  #step(): void {
    this.#lastStepMs = performance.now();
  }
}

/** The free slot that already holds most of the prompt's beginning, so that a conversation finds its own again. */
function longestKept(
  free: readonly LlamaContextSequence[],
  tokens: readonly Token[],
): LlamaContextSequence | undefined {
  let best: LlamaContextSequence | undefined;
  let most = -1;
  for (const sequence of free) {
    const kept = sequence.compareContextTokens([...tokens]).firstDifferentIndex;
    if (kept > most) [best, most] = [sequence, kept];
  }
  return best;
}

/** Log probabilities with the temperature taken out again: `p ∝ exp(logit/T)`, so `log p·T` is the logit up to a sum. */
function logprobs(probabilities: Map<Token, number>, chosen: Token, top: number, temperature: number) {
  const scale = temperature > 0 ? temperature : 1;
  const scaled = [...probabilities].map(([token, p]): [Token, number] => [token, Math.log(p) * scale]);
  const highest = scaled[0]?.[1] ?? 0; // the map is sorted, likeliest first
  const sum = scaled.reduce((total, [, value]) => total + Math.exp(value - highest), 0);
  const norm = highest + Math.log(sum);
  const found = scaled.find(([token]) => token === chosen)?.[1] ?? Number.NEGATIVE_INFINITY;
  return {
    chosen: found - norm,
    top: scaled.slice(0, top).map(([token, value]): [Token, number] => [token, value - norm]),
  };
}
