/**
 * Calls of `/v1` by pages of other sites, as far as the owner has named them. Separate from the endpoint: a browser asks before it
 * calls, and that question carries no key. Cookies play no part: the key in the header is the only proof.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers of an answer that a page may read beside the usual ones. */
const READABLE = 'b3iq-receipt, b3iq-queue-position, retry-after';
/** Seconds a browser need not ask again; an origin that was taken back is out within it, and its calls at once. */
const ASK_AGAIN_S = 600;
/** Names of headers a page may announce; clients bring dozens of their own. */
const MAX_HEADER_NAMES = 64;

/**
 * Lets a page of a named origin read the answer, and answers the browser's question beforehand.
 * @param origins  exactly as browsers send them
 * @returns true when the request was that question and is answered
 */
export function answerCrossOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-expose-headers', READABLE);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
    return false;
  const wantsPrivate = request.headers['access-control-request-private-network'] === 'true';
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': announced(request.headers['access-control-request-headers']),
      'access-control-max-age': String(ASK_AGAIN_S),
      // A page from the internet that calls a machine in the house. @see https://wicg.github.io/private-network-access/
      ...(wantsPrivate && { 'access-control-allow-private-network': 'true' }),
    })
    .end();
  return true;
}

/** What the page wants to send, as names that are fit to be repeated. Without cookies none of them proves anything but the key. */
function announced(header: string | undefined): string {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names
    .filter((name) => /^[a-z0-9-]{1,64}$/.test(name))
    .slice(0, MAX_HEADER_NAMES)
    .join(', ');
}
