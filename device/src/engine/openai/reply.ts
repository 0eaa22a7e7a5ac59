/** Answers in OpenAI's shapes, field by field. Separate from HTTP so that every shape can be read in one place. */
import { CodedError } from '../../errors.ts';
import type { FinishReason, TokenLogprob } from './choice.ts';
import type { TokenProbability } from './port.ts';
import type { EmbeddingRequest } from './types.ts';

/** What all answers to one request share. */
export interface ReplyHead {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}
/** One finished choice. */
export interface WholeChoice {
  readonly text: string;
  readonly calls: readonly ToolCallReply[];
  readonly logprobs: readonly TokenLogprob[];
  readonly reason: FinishReason;
}
export interface ToolCallReply {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

export function chatReply(
  head: ReplyHead,
  choices: readonly WholeChoice[],
  usage: Usage,
  hasLogprobs: boolean,
) {
  return {
    ...head,
    object: 'chat.completion',
    choices: choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.calls.length > 0 && choice.text === '' ? null : choice.text,
        refusal: null,
        ...(choice.calls.length > 0 ? { tool_calls: choice.calls } : {}),
      },
      logprobs: hasLogprobs ? chatLogprobs(choice.logprobs) : null,
      finish_reason: choice.reason,
    })),
    usage,
  };
}

export type ChatDelta =
  | { readonly role: 'assistant'; readonly content: '' }
  | { readonly content: string }
  | { readonly tool_calls: readonly object[] }
  | Record<string, never>;

/** One streamed piece of one choice. `logprobs: undefined` writes `null`. */
export function chatChunk(
  head: ReplyHead,
  index: number,
  delta: ChatDelta,
  reason: FinishReason | null,
  logprobs: readonly TokenLogprob[] | undefined,
) {
  return {
    ...head,
    object: 'chat.completion.chunk',
    choices: [
      {
        index,
        delta,
        logprobs: logprobs === undefined || logprobs.length === 0 ? null : chatLogprobs(logprobs),
        finish_reason: reason,
      },
    ],
  };
}

export function completionReply(
  head: ReplyHead,
  choices: readonly WholeChoice[],
  usage: Usage,
  hasLogprobs: boolean,
) {
  return {
    ...head,
    object: 'text_completion',
    choices: choices.map((choice, index) => ({
      index,
      text: choice.text,
      logprobs: hasLogprobs ? completionLogprobs(choice.logprobs, 0) : null,
      finish_reason: choice.reason,
    })),
    usage,
  };
}

/** @param offset  UTF-16 length of the text of this choice sent before */
export function completionChunk(
  head: ReplyHead,
  index: number,
  text: string,
  reason: FinishReason | null,
  logprobs: readonly TokenLogprob[] | undefined,
  offset: number,
) {
  return {
    ...head,
    object: 'text_completion',
    choices: [
      {
        index,
        text,
        logprobs:
          logprobs === undefined || logprobs.length === 0 ? null : completionLogprobs(logprobs, offset),
        finish_reason: reason,
      },
    ],
  };
}

export function usageChunk(head: ReplyHead, object: string, usage: Usage) {
  return { ...head, object, choices: [], usage };
}

export function embeddingReply(
  model: string,
  vectors: readonly (readonly number[])[],
  promptTokens: number,
  encoding: EmbeddingRequest['encoding'],
) {
  return {
    object: 'list',
    data: vectors.map((vector, index) => {
      const numbers = unitLength(vector);
      return {
        object: 'embedding',
        index,
        embedding: encoding === 'base64' ? Buffer.from(numbers.buffer).toString('base64') : [...numbers],
      };
    }),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

/** The same direction with length 1, as OpenAI's embeddings come. */
function unitLength(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return Float32Array.from(vector, (value) => value / length);
}

/** OpenAI's error object; anything without a code of ours says nothing but that it failed. */
export function errorReply(error: unknown): {
  readonly status: number;
  readonly body: object;
  readonly code: string;
} {
  const coded = error instanceof CodedError ? error : new CodedError('engine_failed');
  const type =
    coded.status >= 500
      ? 'api_error'
      : coded.status === 404
        ? 'not_found_error'
        : coded.status === 429
          ? 'rate_limit_error'
          : 'invalid_request_error';
  const body = {
    error: { message: coded.detail, type, param: coded.facts.param ?? null, code: coded.code },
  };
  return { status: coded.status, body, code: coded.code };
}

const readable = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** JSON has no −Infinity; OpenAI writes −9999 for what is next to impossible. */
const bounded = (logprob: number): number => (Number.isFinite(logprob) ? Math.min(0, logprob) : -9999);

function chatLogprobs(entries: readonly TokenLogprob[]) {
  const one = ({ bytes, logprob }: TokenProbability) => ({
    token: readable(bytes),
    logprob: bounded(logprob),
    bytes: [...bytes],
  });
  return {
    content: entries.map((entry) => ({ ...one(entry), top_logprobs: entry.top.map(one) })),
    refusal: null,
  };
}

function completionLogprobs(entries: readonly TokenLogprob[], offset: number) {
  let at = offset;
  const offsets = entries.map(({ bytes }) => {
    const here = at;
    at += readable(bytes).length;
    return here;
  });
  return {
    tokens: entries.map(({ bytes }) => readable(bytes)),
    token_logprobs: entries.map(({ logprob }) => bounded(logprob)),
    top_logprobs: entries.map(({ top }) =>
      Object.fromEntries(top.map(({ bytes, logprob }) => [readable(bytes), bounded(logprob)])),
    ),
    text_offset: offsets,
  };
}
