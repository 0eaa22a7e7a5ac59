/**
 * The only place that talks to the machine: every call of `/api` the pages make, as a value that says how it went.
 * Separate so that islands never meet status codes, headers or broken networks.
 */
import type {
  ClaimAnswer,
  ClaimRequest,
  JoinRequest,
  KeysAnswer,
  LocalKey,
  NetworksAnswer,
  NewKeyAnswer,
  NewKeyRequest,
  Problem,
  ReceiptProof,
  ReceiptsAnswer,
  RecoverRequest,
  SessionAnswer,
  SetupState,
  SetupStep,
  SignInRequest,
  StatusAnswer,
  VerifyAnswer,
} from '@b3iq/wire/local-api';
import { readPayload, takeEvents } from './chat/parse.ts';
import type { ChatEvent, ChatMessage } from './chat/types.ts';

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

async function send(
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

async function call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const response = await send(method, path, body, AbortSignal.timeout(TIMEOUT_MS));
  if (!(response instanceof Response)) return response;
  if (response.status === 204) return { kind: 'ok', value: undefined as T }; // 204 is only asked for as Answer<void>
  try {
    return { kind: 'ok', value: (await response.json()) as T }; // both ends ship together; see wire/src/local-api.ts
  } catch {
    return { kind: 'problem', status: response.status, code: 'unreadable', title: '', detail: '' };
  }
}

/** What the machine and its setup look like now. Anyone may ask. */
export const readSetup = (): Promise<Answer<SetupState>> => call('GET', '/api/setup/state');
/** Consumes the secret and creates the owner; the session cookie comes with the answer. */
export const claim = (request: ClaimRequest): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/setup/claim', request);
/** Moves setup to `step`; the machine remembers it. */
export const saveStep = (step: SetupStep): Promise<Answer<SetupState>> =>
  call('POST', '/api/setup/progress', { step });

/** The networks heard last, and how a join is going. */
export const readNetworks = (): Promise<Answer<NetworksAnswer>> => call('GET', '/api/setup/networks');
/** Listens again; takes a few seconds. */
export const scanNetworks = (): Promise<Answer<NetworksAnswer>> =>
  call('POST', '/api/setup/networks/scan', {});
/** Starts a join; follow it with `readNetworks`. */
export const joinNetwork = (request: JoinRequest): Promise<Answer<NetworksAnswer>> =>
  call('POST', '/api/setup/networks/join', request);

/** Starts a session; the cookie comes with the answer. */
export const signIn = (request: SignInRequest): Promise<Answer<SessionAnswer>> =>
  call('POST', '/api/session', request);
/** Ends this session. */
export const signOut = (): Promise<Answer<void>> => call('DELETE', '/api/session');
/** Sets a new password with the recovery code and gives the next code. */
export const recover = (request: RecoverRequest): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/session/recover', request);
/** Replaces the recovery code. */
export const renewRecoveryCode = (password: string): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/owner/recovery-code', { password });
/** Changes the password and ends every other session. */
export const changePassword = (password: string, newPassword: string): Promise<Answer<void>> =>
  call('POST', '/api/owner/password', { password, new_password: newPassword });

/** The machine as its owner sees it. */
export const readStatus = (): Promise<Answer<StatusAnswer>> => call('GET', '/api/status');

/** Every key, also revoked ones; never a secret. */
export const readKeys = (): Promise<Answer<KeysAnswer>> => call('GET', '/api/keys');
/** Makes a key; its secret is in this answer and nowhere else. */
export const createKey = (request: NewKeyRequest): Promise<Answer<NewKeyAnswer>> =>
  call('POST', '/api/keys', request);
/** Revokes a key with effect on its next request. */
export const revokeKey = (id: LocalKey['id']): Promise<Answer<unknown>> =>
  call('DELETE', `/api/keys/${encodeURIComponent(id)}`);

/** A page of receipts, newest first. @param before  `next_before` of the page before this one */
export const readReceipts = (limit: number, before?: number): Promise<Answer<ReceiptsAnswer>> =>
  call('GET', `/api/receipts?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
/** What it takes to verify one receipt alone. */
export const readProof = (id: string): Promise<Answer<ReceiptProof>> =>
  call('GET', `/api/receipts/${encodeURIComponent(id)}`);
/** Has the machine walk its whole ledger. */
export const verifyLedger = (): Promise<Answer<VerifyAnswer>> => call('POST', '/api/receipts/verify', {});

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly max_tokens?: number;
}
export interface ChatStream {
  /** Receipt id from the header `b3iq-receipt`. */
  readonly receipt?: string;
  /** Ends without an `end` event when the connection was lost. */
  readonly events: AsyncGenerator<ChatEvent, void, undefined>;
}

/** Asks the model and streams its answer. Aborting `signal` stops the work on the machine too. */
export async function openChat(request: ChatRequest, signal: AbortSignal): Promise<Answer<ChatStream>> {
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await send('POST', '/api/playground/chat', body, signal);
  if (!(response instanceof Response)) return response;
  const receipt = response.headers.get('b3iq-receipt');
  return {
    kind: 'ok',
    value: { ...(receipt !== null && { receipt }), events: readEvents(response) },
  };
}

async function* readEvents(response: Response): AsyncGenerator<ChatEvent, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const taken = takeEvents(
        rest + (done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true })),
      );
      rest = taken.rest;
      for (const payload of taken.payloads) yield* readPayload(payload);
      if (done) return;
    }
  } catch {
    // Aborted or cut off: the generator ends with no `end` event, which the caller tells apart by its own signal.
  }
}

/**
 * Live status; returns the way to stop. `onLost` comes each time the stream breaks: fall back to `readStatus`.
 * `isOver` says that the browser has given up on it and it has to be opened anew.
 */
export function watchStatus(
  onStatus: (status: StatusAnswer) => void,
  onLost: (isOver: boolean) => void,
): () => void {
  const source = new EventSource('/api/events');
  source.addEventListener('status', (event: MessageEvent<string>) => {
    try {
      onStatus(JSON.parse(event.data) as StatusAnswer); // both ends ship together; see wire/src/local-api.ts
    } catch {
      onLost(false);
    }
  });
  source.addEventListener('error', () => onLost(source.readyState === EventSource.CLOSED));
  return () => source.close();
}
