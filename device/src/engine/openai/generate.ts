/**
 * Chat and completion answers, whole or streamed, from the events of their choices.
 * Separate from routing because order matters here: headers only after the first token, `[DONE]` only after the last.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ChoiceEnd, type ChoiceEvent, followChoice } from './choice.ts';
import { sendJson } from './http.ts';
import type { Backend, Prompt } from './port.ts';
import {
  type ChatDelta,
  chatChunk,
  chatReply,
  completionChunk,
  completionReply,
  type ReplyHead,
  usageChunk,
  usageOf,
  type WholeChoice,
} from './reply.ts';
import type { ChatRequest, CompletionRequest } from './types.ts';

export interface Work {
  readonly backend: Backend;
  readonly prompts: readonly Prompt[];
  readonly promptTokens: number;
  readonly head: ReplyHead;
  readonly response: ServerResponse;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** Answers a chat request on `work.response`. */
export async function runChat(request: ChatRequest, work: Work): Promise<void> {
  const hasLogprobs = request.topLogprobs !== undefined;
  if (!request.stream) {
    const { choices, sampled } = await collect(request, work);
    const usage = usageOf(work.promptTokens, sampled);
    return sendJson(work.response, 200, chatReply(work.head, choices, usage, hasLogprobs));
  }
  const calls = new Map<number, number>();
  await stream(request, work, 'chat.completion.chunk', function* (index, event, isFirst) {
    const chunk = (delta: ChatDelta, logprobs = event.kind === 'call' ? undefined : event.logprobs) =>
      chatChunk(
        work.head,
        index,
        delta,
        event.kind === 'end' ? event.reason : null,
        hasLogprobs ? logprobs : undefined,
      );
    if (isFirst) yield chatChunk(work.head, index, { role: 'assistant', content: '' }, null, undefined);
    if (event.kind === 'text') yield chunk({ content: event.text });
    else if (event.kind === 'end') yield chunk({});
    else {
      const at = calls.get(index) ?? 0;
      calls.set(index, at + 1);
      const call = {
        index: at,
        id: callId(),
        type: 'function',
        function: { name: event.name, arguments: '' },
      };
      yield chunk({ tool_calls: [call] });
      yield chunk({ tool_calls: [{ index: at, function: { arguments: event.arguments } }] });
    }
  });
}

/** Answers a completion request on `work.response`; choices are numbered prompt by prompt. */
export async function runCompletion(request: CompletionRequest, work: Work): Promise<void> {
  const hasLogprobs = request.topLogprobs !== undefined;
  if (!request.stream) {
    const { choices, sampled } = await collect(request, work);
    const usage = usageOf(work.promptTokens, sampled);
    return sendJson(work.response, 200, completionReply(work.head, choices, usage, hasLogprobs));
  }
  const offsets = new Map<number, number>();
  await stream(request, work, 'text_completion', function* (index, event) {
    if (event.kind === 'call') return; // completions have no tools
    const text = event.kind === 'text' ? event.text : '';
    const offset = offsets.get(index) ?? 0;
    offsets.set(index, offset + text.length);
    const reason = event.kind === 'end' ? event.reason : null;
    yield completionChunk(work.head, index, text, reason, hasLogprobs ? event.logprobs : undefined, offset);
  });
}

/** Every choice of every prompt, all at once: the backend's slots decide how many really run. */
function choicesOf(request: ChatRequest | CompletionRequest, work: Work, signal: AbortSignal) {
  return work.prompts.flatMap((prompt) =>
    Array.from({ length: request.n }, (_, choice) =>
      followChoice(request, prompt, work.backend.generate(request, prompt, choice, signal)),
    ),
  );
}

/** Runs `each` for all choices; the first failure stops the others before it is thrown. */
async function runAll(
  request: ChatRequest | CompletionRequest,
  work: Work,
  each: (choice: AsyncIterable<ChoiceEvent>, index: number) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.signal, stop.signal]);
  let first: { readonly error: unknown } | undefined;
  const runs = choicesOf(request, work, signal).map((choice, index) =>
    each(choice, index).catch((error: unknown) => {
      first ??= { error }; // the later ones only say that they were stopped
      stop.abort();
    }),
  );
  await Promise.all(runs);
  if (first !== undefined) throw first.error;
}

/** All choices to their ends. */
export async function collect(
  request: ChatRequest | CompletionRequest,
  work: Work,
): Promise<{
  readonly choices: readonly WholeChoice[];
  readonly ends: readonly ChoiceEnd[];
  readonly sampled: number;
}> {
  const choices: WholeChoice[] = [];
  const ends: ChoiceEnd[] = [];
  let total = 0;
  await runAll(request, work, async (events, index) => {
    let text = '';
    const calls: WholeChoice['calls'][number][] = [];
    const logprobs: WholeChoice['logprobs'][number][] = [];
    for await (const event of events) {
      if (event.kind === 'text') text += event.text;
      if (event.kind === 'call')
        calls.push({
          id: callId(),
          type: 'function',
          function: { name: event.name, arguments: event.arguments },
        });
      else logprobs.push(...event.logprobs);
      if (event.kind !== 'end') continue;
      total += event.sampled;
      choices[index] = { text, calls, logprobs, reason: event.reason };
      ends[index] = event;
    }
  });
  return { choices, ends, sampled: total };
}

async function stream(
  request: ChatRequest | CompletionRequest,
  work: Work,
  object: string,
  toChunks: (index: number, event: ChoiceEvent, isFirst: boolean) => Iterable<object>,
): Promise<void> {
  const { response, signal } = work;
  let sampled = 0;
  const send = async (chunk: object): Promise<void> => {
    if (signal.aborted) return;
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const whole = request.includeUsage && !('usage' in chunk) ? { ...chunk, usage: null } : chunk;
    // A reader slower than the model slows the model down instead of filling memory.
    if (!response.write(`data: ${JSON.stringify(whole)}\n\n`))
      await once(response, 'drain', { signal }).catch(() => undefined);
  };
  await runAll(request, work, async (events, index) => {
    let isFirst = true;
    for await (const event of events) {
      for (const chunk of toChunks(index, event, isFirst)) await send(chunk);
      isFirst = false;
      if (event.kind === 'end') sampled += event.sampled;
    }
  });
  if (signal.aborted) return;
  if (request.includeUsage) await send(usageChunk(work.head, object, usageOf(work.promptTokens, sampled)));
  response.end('data: [DONE]\n\n');
}

const callId = (): string => `call_${randomBytes(18).toString('base64url')}`;
