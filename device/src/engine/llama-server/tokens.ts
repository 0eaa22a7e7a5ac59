/**
 * llama-server's events → sampled tokens. Pure; separate because the server is silent about a token whose bytes are half a
 * character, and what it leaves out must still be counted.
 */
import { z } from 'zod';
import { CodedError } from '../../errors.ts';
import type { SampledToken } from '../openai/port.ts';

const probability = z.object({ bytes: z.array(z.int().min(0).max(255)), logprob: z.number() });

/** One event of `/completion` with `stream`. Progress of the prompt, text, or the end. */
export const completionEvent = z.object({
  content: z.string().optional(),
  stop: z.boolean().optional(),
  stop_type: z.string().optional(),
  tokens_predicted: z.int().min(0).optional(),
  completion_probabilities: z.array(probability.extend({ top_logprobs: z.array(probability) })).nullish(),
  error: z.unknown().optional(),
});
export type CompletionEvent = z.infer<typeof completionEvent>;

const NOTHING: SampledToken = { bytes: new Uint8Array(0), isEnd: false };

/** Remembers how many tokens were announced, between the events of one answer. */
export class TokenReader {
  readonly #encoder = new TextEncoder();
  #counted = 0;
  /** Tokens without text of their own; the last of them may turn out to be the end. */
  #silent = 0;
  readonly #alternatives: number;
  /** The server has said how the answer ended. */
  isOver = false;

  /** @param alternatives  how many log probabilities a token shall have besides its own */
  constructor(alternatives: number) {
    this.#alternatives = alternatives;
  }

  /** Tokens that are certain now. @throws engine_failed when the server reports a fault */
  read(event: CompletionEvent): SampledToken[] {
    if (event.error !== undefined) throw new CodedError('engine_failed');
    const predicted = event.tokens_predicted ?? this.#counted;
    this.#silent += Math.max(0, predicted - this.#counted);
    this.#counted = Math.max(predicted, this.#counted);
    if (event.stop === true) {
      this.isOver = true;
      return this.#end(event.stop_type === 'eos');
    }
    if (event.content === undefined || event.content === '' || this.#silent === 0) return [];
    // The text of a character in several tokens comes with its last one.
    const before = this.#take(this.#silent - 1);
    this.#silent = 0;
    return [...before, this.#spoken(event, event.content)];
  }

  #end(isEnd: boolean): SampledToken[] {
    if (!isEnd) return this.#take(this.#silent);
    return [...this.#take(this.#silent - 1), { ...NOTHING, isEnd: true }];
  }

  #take(count: number): SampledToken[] {
    this.#silent = 0;
    return Array.from({ length: Math.max(0, count) }, () => NOTHING);
  }

  #spoken(event: CompletionEvent, content: string): SampledToken {
    const chosen = event.completion_probabilities?.[0];
    if (chosen === undefined) return { bytes: this.#encoder.encode(content), isEnd: false };
    return {
      bytes: Uint8Array.from(chosen.bytes),
      isEnd: false,
      logprob: Math.min(0, chosen.logprob),
      top: chosen.top_logprobs
        .slice(0, this.#alternatives)
        .map(({ bytes, logprob }) => ({ bytes: Uint8Array.from(bytes), logprob })),
    };
  }
}
