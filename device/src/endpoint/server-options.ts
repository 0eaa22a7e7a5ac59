/**
 * How the HTTP server treats clients that are slow, oversized or no HTTP at all, before any route sees them.
 * Separate because it belongs to the listener, which `main.ts` makes and tests make too.
 */
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError, ERRORS, type ErrorCode } from '../errors.ts';
import { anthropicError } from './anthropic-error.ts';
import { errorHeaders, openAiError } from './openai-error.ts';

/** Options for `http.createServer`. Checked every second, so a slow client lives at most a second longer. */
export const SERVER_OPTIONS = {
  /** ms for all headers. A browser needs one packet; ten seconds are a bad radio, more is a slow-loris. */
  headersTimeout: 10_000,
  /** ms for the whole request: 32 MiB over a slow Wi-Fi. */
  requestTimeout: 120_000,
  connectionsCheckingInterval: 1_000,
  /** Bytes. */
  maxHeaderSize: 16_384,
  /** Checked by the routes, which answer in the contract's shape. */
  requireHostHeader: false,
  /** ms a quiet connection stays open; longer than the pools of usual clients keep theirs. */
  keepAliveTimeout: 65_000,
} as const satisfies ServerOptions;

/**
 * Lets `server` answer broken requests in the contract's shape, and refuse a large body before it is sent.
 * @param maxBodyBytes  bodies announced as larger get no `100 Continue`
 */
export function guardServer(server: Server, maxBodyBytes: number): void {
  server.on('clientError', answerClientError);
  server.on('checkContinue', (request: IncomingMessage, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= maxBodyBytes) response.writeContinue();
    server.emit('request', request, response);
  });
  // An expectation nobody knows is no reason to refuse a call (RFC 9110 §10.1.1 leaves it open).
  server.on('checkExpectation', (request: IncomingMessage, response) => {
    server.emit('request', request, response);
  });
}

/** Writes the answer to a request that never became one, then closes. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  // An answer that has begun cannot be taken back, and a socket that is gone reads nothing.
  if (!socket.writable || error.code === 'ECONNRESET' || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  const code = codeOf(error.code);
  const coded = new CodedError(code);
  const { status, title } = { status: coded.status, title: ERRORS[code].title };
  const begin = 'rawPacket' in error ? String(error.rawPacket).slice(0, 32) : '';
  const native = { error: { status, title, detail: coded.detail, code } };
  const body = JSON.stringify(
    /^[A-Z]+ \/v1\/messages\b/.test(begin)
      ? anthropicError(coded)
      : /^[A-Z]+ \/v1\//.test(begin)
        ? openAiError(coded)
        : native,
  );
  const headers = {
    ...errorHeaders(coded),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function codeOf(code: string | undefined): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return 'invalid_request';
}

/** Node keeps the answer being written on the socket. */
function hasBegunAnswer(socket: Duplex): boolean {
  const message: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return (
    typeof message === 'object' &&
    message !== null &&
    'headersSent' in message &&
    message.headersSent === true
  );
}
