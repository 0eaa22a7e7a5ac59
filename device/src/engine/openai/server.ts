/**
 * OpenAI's inference paths, and Anthropic's, over plain HTTP in front of one `Backend`, for a unix socket only the agent can open.
 * Separate from the model so that the engine child and the fake speak byte for byte the same.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CodedError } from '../../errors.ts';
import { INFERENCE_PATHS, type InferencePath } from '../port.ts';
import { runChat, runCompletion } from './generate.ts';
import { readBody, sendJson } from './http.ts';
import { messagesShape } from './messages/reply.ts';
import { parseRequest } from './parse.ts';
import type { Backend } from './port.ts';
import { embeddingReply, errorReply, type ReplyHead } from './reply.ts';
import { responsesShape } from './responses/reply.ts';
import { runShaped } from './shaped.ts';

/** A server that listens nowhere yet. Connections stay open for the agent's next request. */
export function openaiServer(backend: Backend): Server {
  const server = createServer(openaiHandler(backend));
  server.keepAliveTimeout = 120_000; // longer than the agent's pool keeps a socket, so that it is never the one surprised
  server.requestTimeout = 0; // the agent times its clients; a slow model is not a slow request
  return server;
}

/** Answers one request; never throws. */
export function openaiHandler(
  backend: Backend,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    response.on('error', () => abort.abort());
    route(backend, request, response, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const { status, body } = errorReply(error);
      if (!response.headersSent) sendJson(response, status, body);
      // Headers are gone: say it in the stream, and leave out [DONE] so that nobody takes the answer for whole.
      else response.end(`data: ${JSON.stringify(body)}\n\n`);
    });
  };
}

async function route(
  backend: Backend,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (request.method === 'GET') {
    if (url.pathname === '/health') return sendJson(response, 200, healthOf(backend));
    if (url.pathname === '/v1/models') return sendJson(response, 200, modelsOf(backend));
  }
  const isCount = url.pathname === '/count';
  const path = inferencePath(isCount ? url.searchParams.get('path') : url.pathname);
  if (path === undefined) throw new CodedError('not_found', 'This engine has no such path.');
  if (request.method !== 'POST') throw new CodedError('method_not_allowed', 'Expected POST.');
  const parsed = parseRequest(path, await readBody(request));
  if (parsed.model !== undefined && parsed.model !== backend.modelId)
    throw new CodedError('model_not_found', `This engine serves \`${backend.modelId}\` only.`, {
      param: 'model',
    });
  const prompts = await backend.prepare(parsed, signal);
  const promptTokens = prompts.reduce((sum, prompt) => sum + prompt.tokens.length, 0);
  if (isCount) return sendJson(response, 200, { prompt_tokens: promptTokens });
  if (parsed.kind === 'embedding') {
    const vectors: (readonly number[])[] = [];
    for (const prompt of prompts) vectors.push(await backend.embed(prompt, signal));
    return sendJson(response, 200, embeddingReply(backend.modelId, vectors, promptTokens, parsed.encoding));
  }
  const head: ReplyHead = {
    id: newId(ID_BEGINNINGS[path] ?? 'cmpl-'),
    created: Math.floor(Date.now() / 1000),
    model: backend.modelId,
    system_fingerprint: backend.fingerprint,
  };
  const work = { backend, prompts, promptTokens, head, response, signal };
  if (parsed.kind === 'completion') return runCompletion(parsed, work);
  if (path === '/v1/responses')
    return runShaped(parsed, work, responsesShape(head, promptTokens, parsed.echo ?? {}, newId));
  if (path === '/v1/messages') return runShaped(parsed, work, messagesShape(head, promptTokens, newId));
  return runChat(parsed, work);
}

const ID_BEGINNINGS: Partial<Record<InferencePath, string>> = {
  '/v1/chat/completions': 'chatcmpl-',
  '/v1/responses': 'resp_',
  '/v1/messages': 'msg_',
};

const newId = (beginning: string): string => `${beginning}${randomBytes(15).toString('base64url')}`;

function inferencePath(value: string | null): InferencePath | undefined {
  return INFERENCE_PATHS.find((path) => path === value);
}

function healthOf(backend: Backend) {
  const { slots, busy, waiting, stalledMs } = backend.health();
  return { status: 'ok', slots, busy, waiting, stalled_ms: Math.round(stalledMs) };
}

function modelsOf(backend: Backend) {
  return {
    object: 'list',
    data: [{ id: backend.modelId, object: 'model', created: 0, owned_by: 'b3iq' }],
  };
}
