/**
 * The only `fetch` of the pages: one call of the machine, as a value that says how it went.
 * Separate so that islands never meet status codes, headers or broken networks.
 */
import type { Problem } from '@b3iq/wire/local-api';

/** The machine said no, in its own words. `code` is the contract's; `unreadable` is ours for an answer that is none. */
export interface Refusal {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Whole seconds from `Retry-After`, when there was one. */
  readonly retryAfterS?: number;
}
export type Failure = Refusal | { readonly kind: 'unreachable' };
export type Answer<T> = { readonly kind: 'ok'; readonly value: T } | Failure;

/** Longer than the machine's own limits, short enough that a page does not hang on a network that swallows packets. */
const TIMEOUT_MS = 20_000;

/** One request; refusals are read into words. @param signal  ends it */
export async function send(
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Response | Failure> {
  try {
    const response = await fetch(path, {
      method,
      signal,
      cache: 'no-store',
      headers: body === undefined ? { accept: 'application/json' } : { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.ok ? response : await readRefusal(response);
  } catch {
    return { kind: 'unreachable' };
  }
}

async function readRefusal(response: Response): Promise<Refusal> {
  const wait = Number(response.headers.get('retry-after'));
  const error = await readProblem(response);
  return {
    kind: 'problem',
    status: response.status,
    code: error?.code ?? 'unreadable',
    title: error?.title ?? '',
    detail: error?.detail ?? '',
    ...(Number.isFinite(wait) && wait > 0 && { retryAfterS: Math.ceil(wait) }),
  };
}

async function readProblem(response: Response): Promise<Problem['error'] | undefined> {
  try {
    const body: unknown = await response.json();
    // Checked field by field below; the shape is the contract's and a stranger's page has none of it.
    const error = (body as { error?: Partial<Problem['error']> } | null)?.error;
    return typeof error?.code === 'string' && typeof error.title === 'string'
      ? { status: response.status, code: error.code, title: error.title, detail: error.detail ?? '' }
      : undefined;
  } catch {
    return undefined;
  }
}

/** One call of `/api` and its JSON answer. @param timeoutMs  after which the machine counts as away */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<Answer<T>> {
  const response = await send(method, path, body, AbortSignal.timeout(timeoutMs));
  if (!(response instanceof Response)) return response;
  try {
    const text = await response.text();
    // No body is only asked for as Answer<void>; both ends ship together, see wire/src/local-api.ts.
    return { kind: 'ok', value: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch {
    return { kind: 'problem', status: response.status, code: 'unreadable', title: '', detail: '' };
  }
}
