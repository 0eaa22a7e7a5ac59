/**
 * An engine that keeps exact books of what it wrote, and breaks when it is asked to: what a budget is held against.
 * A chat's only message is `<trial> <behaviour> <tokens it would like to write>`; it never writes more than `max_tokens`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { listening, taskOf } from '../harness/messages.ts';

/** Tokens it says a prompt has. */
export const PROMPT_TOKENS = 12;
export const BEHAVIOURS = ['well', 'dies', 'refuses', 'silent-usage'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
/** What the engine did for a trial: prompt and written tokens, all choices. */
export type Books = Readonly<Record<string, number>>;

const books: Record<string, number> = {};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await json(request)) as {
    readonly messages: readonly [{ readonly content: string }];
    readonly stream?: boolean;
    readonly n?: number;
    readonly max_tokens?: number;
  }; // our own client, through the endpoint
  const [trial = '', behaviour = 'well', wish = '1'] = body.messages[0].content.split(' ');
  if (behaviour === 'refuses') {
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    return;
  }
  const choices = body.n ?? 1;
  const length = Math.min(Number(wish), body.max_tokens ?? Number.POSITIVE_INFINITY);
  const note = (tokens: number) => {
    books[trial] = (books[trial] ?? 0) + tokens;
  };
  note(PROMPT_TOKENS);
  const usage = {
    prompt_tokens: PROMPT_TOKENS,
    completion_tokens: length * choices,
    total_tokens: PROMPT_TOKENS + length * choices,
  };
  if (body.stream !== true) {
    if (behaviour === 'dies') {
      response.destroy();
      return;
    }
    note(length * choices);
    const message = { role: 'assistant', content: 'word '.repeat(length) };
    const all = Array.from({ length: choices }, (_, index) => ({ index, message, finish_reason: 'stop' }));
    const text = JSON.stringify({ choices: all, ...(behaviour === 'silent-usage' ? {} : { usage }) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let written = 0;
  const timer = setInterval(() => {
    if (behaviour === 'dies' && written >= length / 2) return void response.destroy();
    if (written < length) {
      written += 1;
      note(choices);
      for (let index = 0; index < choices; index += 1)
        response.write(`data: {"choices":[{"index":${index},"delta":{"content":" word"}}]}\n\n`);
      return;
    }
    clearInterval(timer);
    for (let index = 0; index < choices; index += 1)
      response.write(`data: {"choices":[{"index":${index},"delta":{},"finish_reason":"stop"}]}\n\n`);
    if (behaviour !== 'silent-usage') response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  }, 1);
  response.once('close', () => clearInterval(timer));
}

if (import.meta.main) {
  await taskOf();
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  process.on('message', () => process.send?.(books satisfies Books));
  server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port)); // TCP, so an address
}
