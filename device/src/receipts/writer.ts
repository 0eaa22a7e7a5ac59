/**
 * The one writer of the ledger: each commit is receipts, tree, signature and rows in a single transaction.
 * Separate from the worker that runs it, so that it can be tried without threads. Synchronous throughout.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decodeDocument, fromBase64, newBatchId, receiptBatch, Verifier } from '@b3iq/wire';
import { nodeSigner, nodeVerifyKey, rawPublicKey } from '@b3iq/wire/sign-node';
import { CodedError } from '../errors.ts';
import { AWAY, explained, type OpenOptions, openForWriting } from './database.ts';
import { signedEnvelope } from './envelope.ts';
import { openssl, sha256Hex } from './hash.ts';
import { EMPTY_HEAD, planBatch } from './plan.ts';
import { INSERT_BATCH, INSERT_RECEIPT, LAST_BATCH, RECEIPTS_OF_BATCH, TOTAL } from './queries.ts';
import { readBatch, readReceipts } from './rows.ts';
import type { CallRecord, Head, Issuer } from './types.ts';
import { ChainWalk } from './verify.ts';

export interface WriterOptions extends OpenOptions {
  readonly path: string;
  readonly issuer: Issuer;
  /** Ed25519. */
  readonly privateKey: KeyObject;
}

/** What a fresh look at the file told. */
export interface Opened {
  readonly count: number;
  readonly lastAtMs: number | undefined;
  /** Where an older chain of another key was put, when there was one. */
  readonly archived: string | undefined;
}

export interface SetAside extends Opened {
  readonly keptAs: string;
}

interface Open {
  readonly db: DatabaseSync;
  /** Prepared as well: parsed anew each time they cost about 40 µs a commit more. */
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly insertBatch: StatementSync;
  readonly insertReceipt: StatementSync;
  head: Head;
}

export class LedgerWriter {
  readonly #options: WriterOptions;
  readonly #signer;
  #open: Open | undefined;
  #isProven = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#signer = nodeSigner(options.privateKey);
  }

  /** This version has proven itself: brings the file to its own schema. @throws ledger_unavailable */
  prove(): Opened {
    this.#isProven = true;
    return this.open();
  }

  /** Opens the file and proves its last batch before anything is added to it.
   *  @throws ledger_unavailable, ledger_damaged, update_on_trial while the file would need another schema */
  open(): Opened {
    const { path, isOnTrial = false } = this.#options;
    const options = { ...this.#options, isOnTrial: isOnTrial && !this.#isProven };
    this.close();
    let db = openForWriting(path, options);
    let archived: string | undefined;
    try {
      const signedBy = explained(() => lastSigner(db));
      if (signedBy !== undefined && signedBy !== this.#signer.keyId) {
        // A chain belongs to one key: with a new identity a new chain begins, and the old file stays checkable.
        archived = freeName(`${path}.${signedBy.slice(0, 16)}.archive`);
        explained(() => db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;'));
        db.close();
        renameSync(path, archived);
        db = openForWriting(path, options);
      }
      return explained(() => {
        const head = this.#provenHead(db);
        this.#open = {
          db,
          begin: db.prepare('BEGIN IMMEDIATE'),
          commit: db.prepare('COMMIT'),
          insertBatch: db.prepare(INSERT_BATCH),
          insertReceipt: db.prepare(INSERT_RECEIPT),
          head,
        };
        const total = db.prepare(TOTAL).get();
        const lastAtMs = total?.lastAtMs;
        return {
          count: Number(total?.count ?? 0),
          lastAtMs: lastAtMs === null || lastAtMs === undefined ? undefined : Number(lastAtMs),
          archived,
        };
      });
    } catch (error) {
      if (db.isOpen) db.close();
      throw error;
    }
  }

  /**
   * Puts a damaged file away and begins a new chain. What is kept can still be looked at, by whoever can read it.
   * @returns also the name of what is kept, beside the new file     @throws ledger_sound when nothing is wrong with it
   */
  setAside(): SetAside {
    const { path } = this.#options;
    try {
      this.open();
      explained(() => {
        const found = this.#open?.db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
        if (found !== 'ok') throw damaged('some of it cannot be read.');
      });
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'ledger_damaged') throw error;
      this.close();
      const kept = freeName(`${path}.damaged`);
      // The file first: without it, what a new one finds of the journal is not taken for its own.
      for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, kept + end);
      return { ...this.open(), keptAs: basename(kept) };
    }
    throw new CodedError('ledger_sound');
  }

  /** Makes `calls` durable, in order, all or none. Opens the file again if the last commit failed.
   *  @throws ledger_unavailable */
  commit(calls: readonly CallRecord[], nowMs: number): void {
    if (this.#open === undefined) this.open();
    const open = this.#open;
    if (open === undefined) throw new CodedError('ledger_unavailable');
    const planned = planBatch(
      calls,
      open.head,
      this.#options.issuer,
      newBatchId(nowMs, randomBytes(10)),
      nowMs,
      openssl,
    );
    const envelope = signedEnvelope(planned.payload, this.#signer);
    try {
      explained(() => {
        open.begin.run();
        open.insertBatch.run(planned.next.batchSeq, envelope);
        for (const row of planned.rows)
          open.insertReceipt.run(
            row.seq,
            row.id,
            row.batch,
            row.bytes,
            row.caller,
            row.startedAtMs,
            row.tokens,
          );
        open.commit.run();
      });
      open.head = planned.next;
    } catch (error) {
      // Whether the commit reached the disk is told by the file alone: it is read again before the next one.
      this.close();
      throw error;
    }
  }

  /** Closing drops an unfinished transaction. */
  close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open?.db.isOpen === true) open.db.close();
  }

  #provenHead(db: DatabaseSync): Head {
    const last = readBatch(db.prepare(LAST_BATCH).get());
    if (last === undefined) return EMPTY_HEAD;
    const batch = payloadOf(last.envelope);
    const key = nodeVerifyKey(rawPublicKey(this.#options.privateKey));
    if (batch === undefined || key === undefined) throw damaged('its last batch cannot be read');
    const rows = readReceipts(db.prepare(RECEIPTS_OF_BATCH).all(last.seq));
    // Only the last batch is proven here, from what it claims to follow; the whole chain is `receipts verify`.
    const first = decodeFirstPrev(rows[0]?.bytes);
    const walk = new ChainWalk(new Verifier([{ key, payloadTypes: [receiptBatch.payloadType] }]), sha256Hex, {
      seq: Number(batch.first_seq) - 1,
      hash: first,
      batchSeq: last.seq - 1,
      batchHash: batch.prev,
    });
    const broken = walk.step(last, rows);
    if (broken !== undefined) throw damaged(broken.reason);
    return walk.head;
  }
}

/** `path`, or the first of `path-2`, `path-3`… that nothing has yet. */
function freeName(path: string): string {
  let name = path;
  for (let i = 2; existsSync(name); i++) name = `${path}-${i}`;
  return name;
}

function decodeFirstPrev(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  try {
    return String(JSON.parse(new TextDecoder().decode(bytes)).prev);
  } catch {
    return '';
  }
}

function payloadOf(envelope: string) {
  try {
    const bytes = fromBase64(JSON.parse(envelope).payload);
    return bytes === undefined ? undefined : decodeDocument(receiptBatch, bytes);
  } catch {
    return undefined;
  }
}

function lastSigner(db: DatabaseSync): string | undefined {
  const last = readBatch(db.prepare(LAST_BATCH).get());
  if (last === undefined) return undefined;
  try {
    return String(JSON.parse(last.envelope).signatures[0].keyid);
  } catch {
    return undefined;
  }
}

function damaged(reason: string): CodedError {
  return new CodedError(
    'ledger_damaged',
    `The receipt ledger is not as this machine left it: ${reason} ${AWAY}`,
  );
}
