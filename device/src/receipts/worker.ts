/**
 * The thread that owns SQLite: one role a thread, one question a message.
 * Separate so that a slow disk stops no stream. What may be asked is the table `METHODS` below, nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CodedError, type ErrorCode, type ErrorFacts, errorChain } from '../errors.ts';
import { LedgerReader, type ListQuery } from './reader.ts';
import type { CallRecord, TimeSpan } from './types.ts';
import { LedgerWriter, type WriterOptions } from './writer.ts';

export interface WriterData extends WriterOptions {
  readonly role: 'writer';
}
export interface ReaderData {
  readonly role: 'reader';
  readonly path: string;
  readonly publicKey: Uint8Array;
}

export type Question =
  | { readonly kind: 'open' }
  | { readonly kind: 'prove' }
  | { readonly kind: 'set-aside' }
  | { readonly kind: 'close' }
  | { readonly kind: 'commit'; readonly calls: readonly CallRecord[]; readonly nowMs: number }
  | { readonly kind: 'list'; readonly query: ListQuery }
  | { readonly kind: 'proof'; readonly id: string }
  | { readonly kind: 'usage'; readonly sinceMs: number }
  | { readonly kind: 'usage-by-day'; readonly span: TimeSpan }
  | { readonly kind: 'verify' };

/** `log` is the chain of causes, for the log only. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly detail: string;
      readonly facts: ErrorFacts;
      readonly log: string;
    };

function createAnswerer(data: WriterData | ReaderData): (question: Question) => unknown {
  if (data.role === 'writer') {
    const writer = new LedgerWriter(data);
    return (question) => {
      if (question.kind === 'open') return writer.open();
      if (question.kind === 'prove') return writer.prove();
      if (question.kind === 'commit') return writer.commit(question.calls, question.nowMs);
      if (question.kind === 'set-aside') return writer.setAside();
      if (question.kind === 'close') return writer.close();
      throw new CodedError('internal');
    };
  }
  let reader: LedgerReader | undefined;
  return (question) => {
    reader ??= new LedgerReader(data.path, data.publicKey);
    if (question.kind === 'list') return reader.list(question.query);
    if (question.kind === 'proof') return reader.proof(question.id);
    if (question.kind === 'usage') return reader.usageSince(question.sinceMs);
    if (question.kind === 'usage-by-day') return reader.usageByDay(question.span);
    if (question.kind === 'verify') return reader.verify();
    throw new CodedError('internal');
  };
}

if (parentPort !== null) {
  const port = parentPort;
  const answer = createAnswerer(workerData as WriterData | ReaderData); // given by sqlite-ledger.ts alone
  port.on('message', (question: Question) => {
    let reply: Reply;
    try {
      reply = { ok: true, value: answer(question) };
    } catch (error) {
      const coded =
        error instanceof CodedError ? error : new CodedError('internal', undefined, { cause: error });
      const { code, detail, facts } = coded;
      reply = { ok: false, code, detail, facts, log: errorChain(error) };
    }
    port.postMessage(reply);
  });
}
