/** What the owner's pages ask: status, keys, receipts. Separate from setup, which knows none of them. */
import type {
  KeyChange,
  KeysAnswer,
  LocalKey,
  NewKeyAnswer,
  NewKeyRequest,
  OriginsAnswer,
  ReceiptProof,
  ReceiptsAnswer,
  SetAsideAnswer,
  StatusAnswer,
  VerifyAnswer,
} from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/** The machine as its owner sees it. */
export const readStatus = (): Promise<Answer<StatusAnswer>> => call('GET', '/api/status');

/** Every key, also revoked ones; never a secret. */
export const readKeys = (): Promise<Answer<KeysAnswer>> => call('GET', '/api/keys');
/** Makes a key; its secret is in this answer and nowhere else. */
export const createKey = (request: NewKeyRequest): Promise<Answer<NewKeyAnswer>> =>
  call('POST', '/api/keys', request);
/** Changes what is named of a key, with effect on its next request. */
export const changeKey = (id: LocalKey['id'], change: KeyChange): Promise<Answer<LocalKey>> =>
  call('PATCH', `/api/keys/${encodeURIComponent(id)}`, change);
/** Revokes a key with effect on its next request. */
export const revokeKey = (id: LocalKey['id']): Promise<Answer<unknown>> =>
  call('DELETE', `/api/keys/${encodeURIComponent(id)}`);

/** Pages of other sites that may call this machine from a browser. */
export const readOrigins = (): Promise<Answer<OriginsAnswer>> => call('GET', '/api/origins');
/** Adds or removes one; the others stay as they are on the machine, not as the page last saw them. */
export async function changeOrigins(
  kind: 'added' | 'removed',
  origin: string,
): Promise<Answer<OriginsAnswer>> {
  const now = await readOrigins();
  if (now.kind !== 'ok') return now;
  const others = now.value.origins.filter((each) => each !== origin);
  return call('PUT', '/api/origins', { origins: kind === 'added' ? [...others, origin] : others });
}

/** A page of receipts, newest first. @param before  `next_before` of the page before this one */
export const readReceipts = (limit: number, before?: number): Promise<Answer<ReceiptsAnswer>> =>
  call('GET', `/api/receipts?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
/** What it takes to verify one receipt alone. */
export const readProof = (id: string): Promise<Answer<ReceiptProof>> =>
  call('GET', `/api/receipts/${encodeURIComponent(id)}`);
/** Has the machine walk its whole ledger. */
/** Puts a damaged ledger away; a new one begins. */
export const setLedgerAside = (): Promise<Answer<SetAsideAnswer>> =>
  call('POST', '/api/receipts/set-aside', {});
export const verifyLedger = (): Promise<Answer<VerifyAnswer>> => call('POST', '/api/receipts/verify', {});

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
