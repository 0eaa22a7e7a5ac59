/**
 * One loaded GGUF as a `Backend`. With `library.ts` the only file that touches node-llama-cpp.
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
import type { Backend, BackendHealth, Prompt, SampledToken } from '../openai/port.ts';
import type { ChatRequest, CompletionRequest, InferenceRequest, Sampling } from '../openai/types.ts';
import { factsOf } from './library.ts';
import { NativeWork } from './native-work.ts';
import { type PromptModel, preparePrompts } from './prompts.ts';
import { chooseBy, logprobsOf, type SamplingDefaults } from './sampling.ts';
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
  readonly #native = new NativeWork();

  constructor(llama: Llama, model: LlamaModel, sequences: LlamaContextSequence[], options: LoadOptions) {
    const facts = factsOf(model, options.contextTokens);
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

  prepare(request: InferenceRequest, signal: AbortSignal): Promise<readonly Prompt[]> {
    return preparePrompts(this.#prompts, request, signal);
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
    await this.#native.step(() => sequence.adaptStateToTokens(tokens.slice(0, -1), false));
    const end = tokens.length - 1;
    while (sequence.nextTokenIndex < end) {
      signal.throwIfAborted();
      const from = sequence.nextTokenIndex;
      const piece = tokens.slice(from, Math.min(end, from + PREFILL_TOKENS));
      await this.#native.step(() => sequence.evaluateWithoutGeneratingNewTokens(piece));
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
    const choosing = chooseBy(sampling, this.#defaults, choice, Math.random());
    const generated: Token[] = [];
    const steps = sequence.evaluateWithMetadata(
      [...last],
      { probabilities: topLogprobs !== undefined },
      {
        ...choosing,
        yieldEogToken: true,
        ...(grammar === undefined ? {} : { grammarEvaluationState: grammar }),
        ...(sampling.logitBias.size === 0 ? {} : { tokenBias: this.#bias(sampling.logitBias) }),
        ...penaltyOf(sampling, generated),
      },
    );
    try {
      while (generated.length < room) {
        signal.throwIfAborted();
        const step = await this.#native.step(() => steps.next());
        if (step.done) return;
        const { token } = step.value;
        generated.push(token);
        const isEnd = this.#model.isEogToken(token);
        const bytes = isEnd ? new Uint8Array(0) : this.#bytesOf(token);
        if (!('probabilities' in step.value && step.value.probabilities instanceof Map))
          yield { bytes, isEnd };
        else {
          const { chosen, top } = logprobsOf<Token>(
            step.value.probabilities,
            token,
            topLogprobs ?? 0,
            choosing.temperature,
          );
          const named = top.map(([other, logprob]) => ({ bytes: this.#bytesOf(other), logprob }));
          yield { bytes, isEnd, logprob: chosen, top: named };
        }
      }
    } finally {
      await steps.return();
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

  async embed(prompt: Prompt, signal: AbortSignal): Promise<readonly number[]> {
    const turn = await this.#embedder.take(signal);
    try {
      const embedding = await this.#native.step(() => this.#embeddingContext());
      const tokens = [...prompt.tokens] as Token[]; // from prepare
      return (await this.#native.step(() => embedding.getEmbeddingFor(tokens))).vector;
    } finally {
      this.#embedder.give(turn);
    }
  }

  /** Made at the first use: most models never embed. */
  async #embeddingContext(): Promise<LlamaEmbeddingContext> {
    this.#embedding ??= await this.#model.createEmbeddingContext({
      contextSize: this.#options.contextTokens + 1,
      batchSize: this.#options.contextTokens + 1,
      threads: this.#options.threads,
    });
    return this.#embedding;
  }

  health(): BackendHealth {
    return {
      slots: this.#slots.total,
      busy: this.#slots.busy + this.#embedder.busy,
      waiting: this.#slots.waiting + this.#embedder.waiting,
      stalledMs: this.#native.stalledMs,
    };
  }
}

/** OpenAI's penalties count what was generated, not the prompt. */
function penaltyOf({ frequencyPenalty, presencePenalty }: Sampling, generated: Token[]) {
  if (frequencyPenalty === 0 && presencePenalty === 0) return {};
  const punishTokens = () => generated;
  return {
    repeatPenalty: { punishTokens, maxPunishTokens: 1024, penalty: 1, frequencyPenalty, presencePenalty },
  };
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
