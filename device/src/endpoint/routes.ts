/** Which path under `/v1` is what. Separate so that the list of what is promised can be read at a glance. Pure. */
import type { InferencePath } from '../engine/port.ts';
import type { ErrorShape } from './refuse.ts';

export type Route =
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'inference'; readonly path: InferencePath }
  /** Only counts the prompt of what would be sent to `path`. */
  | { readonly kind: 'count'; readonly path: InferencePath }
  /** The owner's, served by the control routes. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'unknown' };

const UNKNOWN: Route = { kind: 'unknown' };
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/models', { kind: 'models' }],
  ['/v1/chat/completions', { kind: 'inference', path: '/v1/chat/completions' }],
  ['/v1/completions', { kind: 'inference', path: '/v1/completions' }],
  ['/v1/embeddings', { kind: 'inference', path: '/v1/embeddings' }],
  ['/v1/responses', { kind: 'inference', path: '/v1/responses' }],
  ['/v1/messages', { kind: 'inference', path: '/v1/messages' }],
  ['/v1/messages/count_tokens', { kind: 'count', path: '/v1/messages' }],
  ['/v1/rerank', { kind: 'inference', path: '/v1/rerank' }],
  ['/v1/images/generations', { kind: 'inference', path: '/v1/images/generations' }],
  ['/v1/audio/transcriptions', { kind: 'inference', path: '/v1/audio/transcriptions' }],
  ['/v1/receipts', { kind: 'elsewhere' }],
]);

/** @param pathname  without query */
export function routeOf(pathname: string): Route {
  const route = ROUTES.get(pathname);
  if (route !== undefined) return route;
  if (pathname.startsWith('/v1/receipts/')) return { kind: 'elsewhere' };
  if (!pathname.startsWith('/v1/models/')) return UNKNOWN;
  try {
    // Model names may hold slashes, sent plain or encoded.
    return { kind: 'model', id: decodeURIComponent(pathname.slice('/v1/models/'.length)) };
  } catch {
    return UNKNOWN;
  }
}

/** Whether a path speaks Anthropic's shape; everything else speaks OpenAI's. */
export function shapeOf(pathname: string): ErrorShape {
  return pathname === '/v1/messages' || pathname.startsWith('/v1/messages/') ? 'anthropic' : 'openai';
}
