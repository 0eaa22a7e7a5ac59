/**
 * A running llama-server as a `Backend`. It tokenises, samples and embeds; what a client may ask and how an answer looks is
 * the same server's as in the embedded engine. Separate because this is the only file that knows its native API.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md `/completion`, `/tokenize`, `/v1/embeddings`
 */
import { z } from 'zod';
import { CodedError } from '../../errors.ts';
import { type Metadata, readModelFacts, readVocabulary } from '../llama/facts.ts';
import { NativeWork } from '../llama/native-work.ts';
import { type PromptModel, preparePrompts } from '../llama/prompts.ts';
import { chooseBy, type SamplingDefaults } from '../llama/sampling.ts';
import { Slots } from '../llama/slots.ts';
import type { Backend, BackendHealth, Prompt, SampledToken } from '../openai/port.ts';
import type { ChatRequest, CompletionRequest, InferenceRequest } from '../openai/types.ts';
import type { EngineTask } from '../supervised/messages.ts';
import { completionEvent, TokenReader } from './tokens.ts';
import type { Upstream } from './upstream.ts';
import { readVocabularyOf } from './vocabulary.ts';

const properties = z.object({
  default_generation_settings: z.object({ n_ctx: z.int().min(1) }),
  build_info: z.string().optional(),
});
const embeddings = z.object({ data: z.array(z.object({ embedding: z.array(z.number()) })).min(1) });

/** Asks a server that has loaded its model. @throws model_file_refused, config_invalid, engine_failed */
export async function openBackend(
  server: Upstream,
  task: EngineTask,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Backend> {
  const { default_generation_settings, build_info } = properties.parse(
    await server.json('/props', undefined, signal),
  );
  const { n_ctx } = default_generation_settings;
  if (n_ctx < task.contextTokens)
    throw new CodedError(
      'config_invalid',
      `The model was made for ${n_ctx} tokens, and ${task.contextTokens} were asked for. Set model_context_tokens to ${n_ctx} or less.`,
    );
  const vocabulary = readVocabulary(metadata);
  const spoken = await readVocabularyOf(server, vocabulary, signal);
  const named = (key: string): string => vocabulary.tokens[Number(metadata(key))] ?? '';
  const facts = readModelFacts(metadata, {
    contextTokens: task.contextTokens,
    bosText: named('tokenizer.ggml.bos_token_id'),
    eosText: named('tokenizer.ggml.eos_token_id'),
    beginning: spoken.beginning,
    ending: spoken.ending,
    isControl: (token) => spoken.namedControls.has(token),
    spell: () => new Uint8Array(0), // not asked: the server sends bytes
    tokenize: spoken.tokenize,
  });
  const fingerprint = `fp_${(build_info ?? 'llama-server').replaceAll(/[^A-Za-z0-9.-]/g, '')}_${facts.fingerprint}`;
  return new LlamaServerBackend(server, task, fingerprint, facts.prompts, facts.sampling);
}

class LlamaServerBackend implements Backend {
  readonly modelId: string;
  readonly fingerprint: string;
  readonly #server: Upstream;
  readonly #prompts: PromptModel;
  readonly #defaults: SamplingDefaults;
  /** The server has as many; requests beyond them wait here, where a client who leaves is noticed. */
  readonly #slots: Slots<number>;
  readonly #native = new NativeWork();

  constructor(
    server: Upstream,
    task: EngineTask,
    fingerprint: string,
    prompts: PromptModel,
    defaults: SamplingDefaults,
  ) {
    this.modelId = task.modelId;
    this.fingerprint = fingerprint;
    this.#server = server;
    this.#prompts = prompts;
    this.#defaults = defaults;
    this.#slots = new Slots(Array.from({ length: task.slots }, (_, at) => at));
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
    const slot = await this.#slots.take(signal);
    const leave = new AbortController();
    const tokens = new TokenReader(request.topLogprobs ?? 0);
    const choosing = chooseBy(request.sampling, this.#defaults, choice, Math.random());
    const body = completionBody(request, prompt, choosing);
    const events = this.#server.events('/completion', body, AbortSignal.any([signal, leave.signal]));
    try {
      for (;;) {
        const event = await this.#native.step(() => events.next());
        if (event.done) break;
        yield* tokens.read(completionEvent.parse(event.value));
      }
      signal.throwIfAborted();
      if (!tokens.isOver) throw new CodedError('engine_failed'); // cut off: never taken for a whole answer
    } finally {
      leave.abort();
      this.#slots.give(slot);
    }
  }

  async embed(prompt: Prompt, signal: AbortSignal): Promise<readonly number[]> {
    const slot = await this.#slots.take(signal);
    try {
      const raw = await this.#native.step(() =>
        this.#server.json('/v1/embeddings', { input: prompt.tokens }, signal),
      );
      return embeddings.parse(raw).data[0]?.embedding ?? [];
    } finally {
      this.#slots.give(slot);
    }
  }

  health(): BackendHealth {
    return {
      slots: this.#slots.total,
      busy: this.#slots.busy,
      waiting: this.#slots.waiting,
      stalledMs: this.#native.stalledMs,
    };
  }
}

/** One choice in the native server's terms. Stop texts are not sent: they are found here, where half of one can wait. */
function completionBody(
  request: ChatRequest | CompletionRequest,
  prompt: Prompt,
  { temperature, topP, topK, minP, seed }: ReturnType<typeof chooseBy>,
): object {
  const { sampling, topLogprobs } = request;
  const { toolCalls, grammar, tokens, room } = prompt;
  const marks = toolCalls === undefined ? [] : [toolCalls.format.open, toolCalls.format.close ?? ''];
  return {
    prompt: tokens,
    n_predict: Math.min(room, request.maxTokens ?? room),
    stream: true,
    return_progress: true, // each piece of a long prompt is a sign of life
    cache_prompt: true,
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    seed,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    logit_bias: [...sampling.logitBias].map(([token, bias]) => [token, bias <= -100 ? false : bias]),
    // Marks of tool calls may be control tokens, which the server otherwise leaves out of its text.
    preserved_tokens: marks.filter((mark) => mark !== ''),
    ...(grammar === undefined ? {} : { grammar }),
    ...(topLogprobs === undefined ? {} : { n_probs: Math.max(1, topLogprobs) }),
  };
}
