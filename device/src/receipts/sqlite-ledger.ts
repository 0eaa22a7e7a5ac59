/**
 * The ledger on SQLite, as the agent uses it: calls that end while a commit runs share the next one.
 * Separate from the thread's own code: here is only the gathering. There is no timer; the next commit begins when the
 * last one ended, so a lone call waits for nothing and a busy machine shares one fsync among many.
 */
import type { KeyObject } from 'node:crypto';
import type { ReceiptProof, ReceiptsAnswer, SetAsideAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import { CodedError, type ErrorCode, errorChain } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { OpenOptions } from './database.ts';
import type { Ledger } from './port.ts';
import type { ListQuery, ReceiptList, Usage } from './reader.ts';
import { LedgerThread } from './thread.ts';
import type { CallRecord, TimeSpan, UsageCount } from './types.ts';
import type { Question } from './worker.ts';
import type { Opened, SetAside } from './writer.ts';

/** Receipts of one commit at most: a proof's path stays at 9 steps, and one signature at about 50 µs covers all. */
const MAX_BATCH = 512;

/** What the thread says for people, as it stands. */
const TOLD: ReadonlySet<ErrorCode> = new Set(['ledger_unavailable', 'ledger_damaged', 'update_on_trial']);

export interface SqliteLedgerOptions extends OpenOptions {
  /** Such as `<state>/ledger.sqlite`; its folder exists. */
  readonly path: string;
  readonly identity: {
    readonly nodeId: string;
    readonly keyEpoch: number;
    readonly privateKey: KeyObject;
    /** Raw 32 bytes. */
    readonly publicKey: Uint8Array;
  };
  readonly clock: Clock;
  readonly log: Log;
}

export interface SqliteLedger extends Ledger {
  /** Why nothing can be written right now; undefined when all is well. */
  problem(): string | undefined;
}

interface Pending {
  readonly call: CallRecord;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Opens the ledger. A file that cannot be used is no reason not to start: `problem` tells it, `append` refuses. */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<SqliteLedger> {
  const ledger = new ThreadedLedger(options);
  await ledger.open();
  return ledger;
}

class ThreadedLedger implements SqliteLedger {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #newReader: () => LedgerThread;
  readonly #writer: LedgerThread;
  readonly #reader: LedgerThread;
  #pending: Pending[] = [];
  #committing: Promise<void> | undefined;
  #problem: string | undefined;
  #isDamaged = false;
  #closed = false;
  #count = 0;
  #lastAtMs: number | undefined;

  constructor({ path, identity, clock, log, ...file }: SqliteLedgerOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#writer = new LedgerThread({
      role: 'writer',
      path,
      issuer: { nodeId: identity.nodeId, keyEpoch: identity.keyEpoch },
      privateKey: identity.privateKey,
      ...file,
    });
    this.#newReader = () => new LedgerThread({ role: 'reader', path, publicKey: identity.publicKey });
    this.#reader = this.#newReader();
  }

  open(): Promise<void> {
    return this.#openBy('open');
  }
  async prove(): Promise<void> {
    await this.#openBy('prove');
  }

  async #openBy(kind: 'open' | 'prove'): Promise<void> {
    try {
      const opened = (await this.#writer.ask({ kind })) as Opened; // LedgerWriter.open's answer
      this.#clear();
      this.#count = opened.count;
      this.#lastAtMs = opened.lastAtMs;
      if (opened.archived !== undefined) this.#log.warn('receipts.chain_archived', { reason: 'other-key' });
    } catch (error) {
      this.#failed(error);
    }
  }

  append(call: CallRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new CodedError('ledger_unavailable', 'The machine is stopping.'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ call, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async list(query: ListQuery): Promise<ReceiptsAnswer> {
    const listed = (await this.#reader.ask({ kind: 'list', query })) as ReceiptList; // LedgerReader.list's answer
    return { ...listed, damaged: this.#isDamaged };
  }
  async proof(id: string): Promise<ReceiptProof> {
    return (await this.#reader.ask({ kind: 'proof', id })) as ReceiptProof; // LedgerReader.proof's answer
  }
  async usageSince(sinceMs: number): Promise<Usage> {
    return (await this.#reader.ask({ kind: 'usage', sinceMs })) as Usage; // LedgerReader.usageSince's answer
  }
  async usageByDay(span: TimeSpan): Promise<readonly UsageCount[]> {
    return (await this.#askAlone({ kind: 'usage-by-day', span })) as readonly UsageCount[]; // LedgerReader.usageByDay's answer
  }
  async verify(): Promise<VerifyAnswer> {
    return (await this.#askAlone({ kind: 'verify' })) as VerifyAnswer; // LedgerReader.verify's answer
  }
  /** On a thread of its own: what takes seconds on a long chain must not hold up lists. */
  async #askAlone(question: Question): Promise<unknown> {
    const reader = this.#newReader();
    try {
      return await reader.ask(question);
    } finally {
      await reader.stop();
    }
  }
  async setAside(): Promise<SetAsideAnswer> {
    const opened = (await this.#writer.ask({ kind: 'set-aside' })) as SetAside; // LedgerWriter.setAside's answer
    await this.#reader.stop(); // it holds the old file; the next question opens the new one
    this.#clear();
    this.#count = opened.count;
    this.#lastAtMs = opened.lastAtMs;
    this.#log.warn('receipts.set_aside');
    return { kept_as: opened.keptAs };
  }
  async total(): Promise<{ readonly count: number; readonly lastAtMs: number | undefined }> {
    return { count: this.#count, lastAtMs: this.#lastAtMs };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#committing;
    // The writer last: whoever closes last folds the journal into the file, and a copy of it is then whole.
    await this.#reader.stop();
    await this.#writer.ask({ kind: 'close' }).catch((error: unknown) => this.#failed(error));
    await this.#writer.stop();
  }

  async #commitAll(): Promise<void> {
    for (let limit = MAX_BATCH; this.#pending.length > 0; ) {
      // Answers that ended in the same turn of the loop share a commit. Without this half of the commits of a busy
      // machine held one receipt and the next all the others; measured, it is a quarter now.
      await new Promise(setImmediate);
      const batch = this.#pending.splice(0, limit);
      try {
        const calls = batch.map(({ call }) => call);
        await this.#writer.ask({ kind: 'commit', calls, nowMs: this.#clock.now() });
        this.#count += batch.length;
        for (const { call, resolve } of batch) {
          this.#lastAtMs = Math.max(this.#lastAtMs ?? 0, call.startedAtMs);
          resolve();
        }
        if (this.#problem !== undefined) this.#log.info('receipts.ledger_recovered');
        this.#clear();
      } catch (error) {
        if (batch.length > 1 && error instanceof CodedError && error.code === 'internal') {
          // One call that makes no receipt is a bug; the others of its batch must not pay for it.
          this.#pending.unshift(...batch);
          limit = 1;
          continue;
        }
        const coded = this.#failed(error);
        for (const { reject } of batch) reject(coded);
      }
    }
    this.#committing = undefined;
  }

  #clear(): void {
    this.#problem = undefined;
    this.#isDamaged = false;
  }

  #failed(error: unknown): CodedError {
    const isTold = error instanceof CodedError && TOLD.has(error.code);
    const coded = isTold ? error : new CodedError('ledger_unavailable', undefined, { cause: error });
    if (this.#problem !== coded.detail)
      this.#log[coded.code === 'update_on_trial' ? 'info' : 'error']('receipts.ledger_unavailable', {
        reason: errorChain(error),
      });
    this.#problem = coded.detail;
    this.#isDamaged = coded.code === 'ledger_damaged';
    return coded;
  }
}
