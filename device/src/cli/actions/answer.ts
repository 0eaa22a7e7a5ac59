/**
 * One streamed chat answer: events in, text out, and how it ended.
 * Separate from `chat.ts` so that a single question and a conversation share one way of being cut short.
 */
import type { IncomingMessage } from 'node:http';
import { completionChunk } from '../agent/answers.ts';
import type { Client } from '../agent/client.ts';
import { eventReader } from '../agent/parse.ts';
import { CliError, problem, readTrouble, refusal } from '../problems.ts';
import { grouped, printable } from '../text/words.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Which road a question takes, and what is asked for beside the messages. */
export interface Road {
  readonly client: Client;
  readonly path: string;
  readonly model: string;
  readonly maxTokens: number | undefined;
}

export interface Answer {
  readonly text: string;
  /** The person stopped it. */
  readonly isStopped: boolean;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly receiptId: string | undefined;
}

/** `12 tokens · receipt rcpt_…`, or that it was stopped. */
export function describeAnswer(answer: Answer): string {
  return [
    answer.isStopped ? 'stopped' : '',
    answer.completionTokens === undefined ? '' : `${grouped(answer.completionTokens)} tokens`,
    answer.receiptId === undefined ? '' : `receipt ${printable(answer.receiptId)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** An answer may stand in the queue for a minute and read a long prompt for several: 15 min until its first byte. */
export const ANSWER_TIMEOUT_MS = 900_000;

export function requestBody(road: Road, messages: readonly Message[], stream: boolean) {
  return {
    model: road.model,
    messages,
    ...(road.maxTokens === undefined ? {} : { max_tokens: road.maxTokens }),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

/**
 * Asks and passes the answer on as it is made.
 * @param onEvent  gets each event's JSON and the text in it, `''` when there is none
 * @throws CliError when the agent refuses or breaks off; never because `signal` stopped it
 */
export async function streamAnswer(
  road: Road,
  messages: readonly Message[],
  signal: AbortSignal,
  onEvent: (event: unknown, text: string) => Promise<void>,
): Promise<Answer> {
  let text = '';
  let usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | undefined;
  let receiptId: string | undefined;
  const answer = (isStopped: boolean): Answer => ({
    text,
    isStopped,
    promptTokens: usage?.prompt_tokens,
    completionTokens: usage?.completion_tokens,
    receiptId,
  });
  let response: IncomingMessage | undefined;
  const stop = () => response?.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const body = requestBody(road, messages, true);
    const call = { method: 'POST', path: road.path, body, accept: 'text/event-stream' } as const;
    response = await road.client.open({ ...call, timeoutMs: ANSWER_TIMEOUT_MS, signal });
    const receipt = response.headers['b3iq-receipt'];
    receiptId = typeof receipt === 'string' ? receipt : undefined;
    for await (const data of eventsOf(response)) {
      if (data === '[DONE]') return answer(false);
      const chunk = parseChunk(data);
      const piece = chunk.choices[0]?.delta?.content ?? '';
      text += piece;
      usage = chunk.usage ?? usage;
      await onEvent(chunk, piece);
      if (signal.aborted) return answer(true);
    }
    if (signal.aborted) return answer(true);
    throw problem('engine_failed', 'The answer broke off before its end. Ask again.');
  } catch (error) {
    if (signal.aborted && !(error instanceof CliError)) return answer(true);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    response?.destroy();
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<string> {
  const reader = eventReader();
  const decoder = new TextDecoder();
  const broken = (cause: unknown) =>
    problem('engine_failed', 'The answer broke off before its end. Ask again.', cause);
  const chunks = response[Symbol.asyncIterator]();
  while (true) {
    const next = await chunks.next().catch((cause: unknown) => {
      if (response.destroyed && !response.errored) return { done: true as const, value: undefined };
      throw broken(cause);
    });
    if (next.done) return;
    let events: string[];
    try {
      events = reader.push(decoder.decode(next.value, { stream: true }));
    } catch (cause) {
      throw problem('agent_answer_invalid', 'One event of the answer is longer than 1 MiB.', cause);
    }
    yield* events;
  }
}

function parseChunk(data: string) {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw problem('agent_answer_invalid', 'A piece of the answer is not JSON. Ask again.', cause);
  }
  const checked = completionChunk.safeParse(value);
  if (checked.success) return checked.data;
  const trouble = readTrouble(502, value, undefined);
  throw trouble === undefined
    ? problem('agent_answer_invalid', 'A piece of the answer has a form this version does not know.')
    : refusal(trouble);
}
