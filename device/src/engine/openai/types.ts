/** What may be asked, after the door: every field checked, every default filled. Separate so that nobody behind
 *  the parser ever sees raw JSON. */

/** One message as a chat template wants it: text only, no nulls. */
export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly name?: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: 'function';
    /** Parsed when the client's text was a JSON object, else the text itself. */
    readonly function: { readonly name: string; readonly arguments: unknown };
  }[];
}

export interface Tool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** JSON Schema of the arguments; hostile until `grammar.ts` has read it. */
    readonly parameters?: unknown;
  };
}

export type ToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string };

export type OutputFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: unknown };

/** What the client set; what is absent falls to the model's own defaults. */
export interface Sampling {
  /** 0–2; 0 always takes the likeliest token. */
  readonly temperature?: number;
  /** (0, 1]. */
  readonly topP?: number;
  /** [0, 1]. */
  readonly minP?: number;
  /** ≥ 1, or 0 for all. */
  readonly topK?: number;
  /** 32-bit unsigned; choice `i` uses `seed + i`. */
  readonly seed?: number;
  /** −2–2, per token already generated. */
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  /** Token id → −100…100 added to its logit. */
  readonly logitBias: ReadonlyMap<number, number>;
}

interface Generation {
  /** `undefined` when the client named none. */
  readonly model: string | undefined;
  readonly sampling: Sampling;
  /** ≥ 1; `undefined` means as far as the context goes. */
  readonly maxTokens: number | undefined;
  /** 0–4 texts, none empty. */
  readonly stop: readonly string[];
  /** 1–8. */
  readonly n: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** How many alternatives per token, 0–20; `undefined` when no log probabilities are asked. */
  readonly topLogprobs: number | undefined;
}

export interface ChatRequest extends Generation {
  readonly kind: 'chat';
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly output: OutputFormat;
  /** What an answer in the shape of Responses repeats of its request. */
  readonly echo?: Readonly<Record<string, unknown>>;
}

/** Text, or token ids that are checked against the vocabulary later. */
export type PromptInput = string | readonly number[];

export interface CompletionRequest extends Generation {
  readonly kind: 'completion';
  /** 1–64 prompts. */
  readonly prompts: readonly PromptInput[];
}

export interface EmbeddingRequest {
  readonly kind: 'embedding';
  readonly model: string | undefined;
  /** 1–2048 inputs. */
  readonly inputs: readonly PromptInput[];
  readonly encoding: 'float' | 'base64';
}

export type InferenceRequest = ChatRequest | CompletionRequest | EmbeddingRequest;
