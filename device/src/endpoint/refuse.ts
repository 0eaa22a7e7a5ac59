/**
 * Writes an error as the whole answer, in the shape its path promises, and lets the client finish talking.
 * Separate because every step of the hot path may end here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CodedError } from '../errors.ts';
import { anthropicError } from './anthropic-error.ts';
import { errorHeaders, openAiError } from './openai-error.ts';

export type ErrorShape = 'openai' | 'anthropic';

/** Unread bytes that are read and dropped to keep the connection; with more it is closed. */
const KEEP_ALIVE_BYTES = 65_536;
/** ms a refused client may go on sending before its socket is cut. Closing at once would reset the connection, and
 *  the client would never read why. @see https://httpwg.org/specs/rfc9112.html#persistent.tear-down */
const LINGER_MS = 2_000;

/** Answers with `error` unless an answer has begun; then the connection is cut.
 *  @param status  the code's own unless told     @param extra  further headers */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  shape: ErrorShape,
  error: CodedError,
  status = error.status,
  extra: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(
    shape === 'openai' ? openAiError(error, status) : anthropicError(error, status),
  );
  const headers: Record<string, string | number> = {
    ...errorHeaders(error),
    ...extra,
    'content-length': Buffer.byteLength(text),
  };
  if (request.complete || leftToRead(request) <= KEEP_ALIVE_BYTES) {
    response.writeHead(status, headers).end(text);
    return;
  }
  headers.connection = 'close';
  response.writeHead(status, headers).write(text);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.once('close', end).once('end', end).resume();
}

function leftToRead(request: IncomingMessage): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined) return Number.POSITIVE_INFINITY;
  return length === undefined ? 0 : Number(length);
}
