/**
 * One choice of an answer: tokens → text, tool calls, log probabilities and the reason it ended.
 * Separate because chat and completions, streamed or whole, all read the same events.
 */

import type { Prompt, SampledToken, TokenProbability } from './port.ts';
import { StopFilter } from './stop.ts';
import { ToolCallParser } from './tool-calls.ts';
import type { ChatRequest, CompletionRequest } from './types.ts';

export interface TokenLogprob extends TokenProbability {
  readonly top: readonly TokenProbability[];
}
export type FinishReason = 'stop' | 'length' | 'tool_calls';
/** `sampled` counts every token the model chose, the ending one included; `logprobs` belong to text sent before. */
export interface ChoiceEnd {
  readonly kind: 'end';
  readonly reason: FinishReason;
  readonly sampled: number;
  readonly logprobs: readonly TokenLogprob[];
  /** The stop text that ended it. */
  readonly stoppedBy?: string;
}
export type ChoiceEvent =
  | { readonly kind: 'text'; readonly text: string; readonly logprobs: readonly TokenLogprob[] }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: string }
  | ChoiceEnd;

/** Follows one generation. Ends the generation itself at a stop text, at `max_tokens`, or after the one allowed call. */
export async function* followChoice(
  request: ChatRequest | CompletionRequest,
  prompt: Prompt,
  tokens: AsyncIterable<SampledToken>,
): AsyncGenerator<ChoiceEvent, void> {
  const limit = Math.min(request.maxTokens ?? Number.POSITIVE_INFINITY, prompt.room);
  const text = new ChoiceText(request, prompt);
  let sampled = 0;
  let reason: FinishReason = 'length';
  for await (const token of tokens) {
    sampled += 1;
    if (token.isEnd) {
      reason = 'stop';
      break;
    }
    yield* text.push(token);
    if (text.isOver) {
      reason = 'stop';
      break;
    }
    if (sampled >= limit) break;
  }
  yield* text.end();
  if (text.hasCalled && reason === 'stop') reason = 'tool_calls';
  const { stoppedBy } = text;
  const logprobs = text.takeLogprobs(!text.isOver);
  yield { kind: 'end', reason, sampled, logprobs, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
}

/** The text side of a choice: UTF-8, tool calls, stop texts, and which log probabilities are due. */
class ChoiceText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #stop: StopFilter;
  readonly #calls: ToolCallParser | undefined;
  readonly #isOneCall: boolean;
  readonly #wantsLogprobs: boolean;
  #due: { readonly entry: TokenLogprob; readonly start: number }[] = [];
  #decoded = 0;
  #sent = 0;
  isOver = false;
  hasCalled = false;
  stoppedBy: string | undefined;

  constructor(request: ChatRequest | CompletionRequest, prompt: Prompt) {
    this.#stop = new StopFilter(request.stop);
    this.#wantsLogprobs = request.topLogprobs !== undefined;
    this.#isOneCall = request.kind === 'chat' && !request.parallelToolCalls;
    if (request.kind === 'chat' && prompt.toolCalls !== undefined)
      this.#calls = new ToolCallParser(
        prompt.toolCalls.format,
        new Set(request.tools.map((tool) => tool.function.name)),
        prompt.toolCalls.isForced,
      );
  }

  *push(token: SampledToken): Generator<ChoiceEvent> {
    if (this.#wantsLogprobs && token.bytes.length > 0)
      this.#due.push({
        entry: { bytes: token.bytes, logprob: token.logprob ?? 0, top: token.top ?? [] },
        start: this.#decoded,
      });
    // The decoder keeps the beginning of a character until its last byte has come.
    const text = this.#decoder.decode(token.bytes, { stream: true });
    this.#decoded += text.length;
    yield* this.#pass(text, this.#calls?.push(text));
  }

  /** A character cut in two by the end of the answer is dropped: half of it says nothing. */
  *end(): Generator<ChoiceEvent> {
    if (!this.isOver) yield* this.#pass('', this.#calls?.end());
    if (!this.isOver) yield* this.#text(this.#stop.end());
  }

  *#pass(text: string, events: ReturnType<ToolCallParser['push']> | undefined): Generator<ChoiceEvent> {
    for (const event of events ?? [{ kind: 'text' as const, text }]) {
      if (event.kind === 'call') {
        this.hasCalled = true;
        yield event;
        if (this.#isOneCall) this.isOver = true;
      } else {
        const passed = this.#stop.push(event.text);
        yield* this.#text(passed.text);
        if (passed.stopped) this.isOver = true;
        this.stoppedBy = passed.stop;
      }
      if (this.isOver) return;
    }
  }

  *#text(text: string): Generator<ChoiceEvent> {
    if (text === '') return;
    this.#sent += text.length;
    yield { kind: 'text', text, logprobs: this.takeLogprobs() };
  }

  /** Entries of tokens whose text has gone out; those behind a stop text never do. With tool calls, and at an end that no
   *  stop text made, `isAll` are due. */
  takeLogprobs(isAll = this.#calls !== undefined): TokenLogprob[] {
    const isDue = ({ start }: { start: number }) => isAll || start < this.#sent;
    const due = this.#due.filter(isDue).map(({ entry }) => entry);
    this.#due = this.#due.filter((item) => !isDue(item));
    return due;
  }
}
