/** What the HTTP surface needs of something that turns prompts into tokens: the real model, or the fake. */
import type { ToolCallFormat } from './tool-calls.ts';
import type { ChatRequest, CompletionRequest, InferenceRequest } from './types.ts';

/** One prompt as it will be evaluated. */
export interface Prompt {
  readonly tokens: readonly number[];
  /** How many tokens fit behind it; ≥ 1 for generation. */
  readonly room: number;
  /** How calls are written, when tools were offered; `isForced` when the answer must be one. */
  readonly toolCalls?: { readonly format: ToolCallFormat; readonly isForced: boolean };
  /** GBNF the answer must follow. */
  readonly grammar?: string;
}

/** A token's bytes and natural-log probability before temperature. */
export interface TokenProbability {
  readonly bytes: Uint8Array;
  readonly logprob: number;
}

export interface SampledToken {
  /** What it adds to the text; empty for control tokens. May be a part of a UTF-8 character. */
  readonly bytes: Uint8Array;
  /** The model ended its answer with it. */
  readonly isEnd: boolean;
  /** Only when log probabilities were asked. */
  readonly logprob?: number;
  readonly top?: readonly TokenProbability[];
}

export interface BackendHealth {
  readonly slots: number;
  /** Requests being worked on, and waiting for a slot. */
  readonly busy: number;
  readonly waiting: number;
  /** Ms since the model last finished a step; 0 when it has nothing to do. */
  readonly stalledMs: number;
}

export interface Backend {
  readonly modelId: string;
  /** Names the engine build and the model file; changes when answers may change. */
  readonly fingerprint: string;
  /**
   * One prompt of a chat, or one per prompt or input, in order. The sum of their lengths is `usage.prompt_tokens`.
   * @throws invalid_request, context_length_exceeded, capability_unavailable
   */
  prepare(request: InferenceRequest, signal: AbortSignal): Promise<readonly Prompt[]>;
  /** Tokens of one choice until the model ends, the room is used or the consumer stops. Waits for a slot first.
   *  @param choice  0-based; moves the seed */
  generate(
    request: ChatRequest | CompletionRequest,
    prompt: Prompt,
    choice: number,
    signal: AbortSignal,
  ): AsyncIterable<SampledToken>;
  /** A vector of any length; clients get it with length 1. */
  embed(prompt: Prompt, signal: AbortSignal): Promise<readonly number[]>;
  health(): BackendHealth;
}
