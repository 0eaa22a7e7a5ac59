/**
 * Answers of one choice in a shape whose events have names: OpenAI's Responses and Anthropic's Messages.
 * Separate from `generate.ts`, whose shapes have several choices and no names.
 */
import { once } from 'node:events';
import { type ChoiceEnd, type ChoiceEvent, followChoice } from './choice.ts';
import { collect, type Work } from './generate.ts';
import { sendJson } from './http.ts';
import type { WholeChoice } from './reply.ts';
import type { ChatRequest } from './types.ts';

/** One event of a stream; it is sent under its type's name. */
export interface NamedEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface AnswerShape {
  /** The whole answer, for a request without a stream. */
  whole(choice: WholeChoice, end: ChoiceEnd): object;
  /** The same as events, each as soon as it can be told. */
  events(choice: AsyncIterable<ChoiceEvent>): AsyncIterable<NamedEvent>;
}

/** Answers `request` on `work.response`. Nothing is written before the model's first token. */
export async function runShaped(request: ChatRequest, work: Work, shape: AnswerShape): Promise<void> {
  const { response, signal, prompts, backend } = work;
  if (!request.stream) {
    const { choices, ends } = await collect(request, work);
    const [choice] = choices;
    const [end] = ends;
    if (choice === undefined || end === undefined) return;
    return sendJson(response, 200, shape.whole(choice, end));
  }
  const [prompt] = prompts;
  if (prompt === undefined) return;
  const choice = followChoice(request, prompt, backend.generate(request, prompt, 0, signal));
  const first = await choice.next();
  for await (const event of shape.events(from(first, choice))) {
    if (signal.aborted) return;
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    // A reader slower than the model slows the model down instead of filling memory.
    if (!response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`))
      await once(response, 'drain', { signal }).catch(() => undefined);
  }
  if (!signal.aborted) response.end();
}

async function* from<T>(first: IteratorResult<T, void>, rest: AsyncIterable<T>): AsyncGenerator<T, void> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
