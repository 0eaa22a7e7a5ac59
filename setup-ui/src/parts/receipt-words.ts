/** Words and colours a list of receipts and a receipt's own page share. */
import type { ReceiptSummary } from '@b3iq/wire/local-api';
import { tameName } from '../flow/parse.ts';
import { receipts as text } from '../strings/en.json';

export const STATUS_TONES: Readonly<Record<ReceiptSummary['status'], string>> = {
  completed: 'ok',
  aborted: 'warn',
  failed: 'bad',
};

/** `owner` is the person reading; a key is named by its id. */
export function callerOf(caller: string): string {
  return caller === 'owner' ? text.owner : tameName(caller);
}

/** An RFC 3339 time by this device's clock and zone, to the second. */
export function formatTime(at: string): string {
  return new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** Address of a receipt's own page. */
export function receiptPath(id: string): string {
  return `/receipt/#${encodeURIComponent(id)}`;
}
