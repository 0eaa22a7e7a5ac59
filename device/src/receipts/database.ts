/**
 * Opens the ledger's file: journal, durability, schema steps with a backup first, and SQLite's errors in plain words.
 * Separate because writer, reader and the offline check open the same file in different ways.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../errors.ts';
import { MIGRATIONS } from './queries.ts';

/** ms to wait for somebody else's lock, such as a backup program's. */
const BUSY_TIMEOUT_MS = 2_000;

export interface OpenOptions {
  /** Upper bound of the file, bytes; SQLite answers "full" beyond it. */
  readonly maxBytes?: number;
  readonly busyTimeoutMs?: number;
  /** This version has not proven itself: the file keeps the schema it has, so that the version before can go on. */
  readonly isOnTrial?: boolean;
  /** Only tests pass others. */
  readonly migrations?: typeof MIGRATIONS;
}

/** The ledger for writing, brought to the newest schema. @throws ledger_unavailable, update_on_trial */
export function openForWriting(path: string, options: OpenOptions = {}): DatabaseSync {
  const { migrations = MIGRATIONS, busyTimeoutMs = BUSY_TIMEOUT_MS, isOnTrial = false } = options;
  return explained(() => {
    // SQLite gives journal and index the mode of the file, so the file is made first, for this user alone.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
      migrate(db, path, migrations, isOnTrial);
      if (options.maxBytes !== undefined) {
        const pageSize = pragma(db, 'page_size');
        db.exec(`PRAGMA max_page_count = ${Math.ceil(options.maxBytes / pageSize)}`);
      }
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** The ledger for reading, beside a writer or alone. @throws ledger_unavailable */
export function openForReading(path: string): DatabaseSync {
  return explained(() => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      // The first read is where a file that is no ledger, or a folder that is read-only, shows.
      const version = pragma(db, 'user_version');
      if (version !== MIGRATIONS.length)
        throw new CodedError('ledger_unavailable', versionSentence(version, MIGRATIONS.length));
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }, 'reading');
}

/** Whoever is refused while a version is tried may ask again after this; a trial takes minutes. */
const RETRY_AFTER_S = 60;

/** One transaction a step, so that a power cut leaves a whole schema. */
function migrate(db: DatabaseSync, path: string, migrations: typeof MIGRATIONS, isOnTrial: boolean): void {
  const version = pragma(db, 'user_version');
  if (version > migrations.length)
    throw new CodedError('ledger_unavailable', versionSentence(version, migrations.length));
  // Every version knows the first schema; of a later one the version before may know nothing.
  if (isOnTrial && Math.max(1, version) < migrations.length) {
    rehearse(db, migrations.slice(version));
    throw new CodedError(
      'update_on_trial',
      'A new version of the system is being tried. It keeps receipts in another form, so it gives no answers until it has proven itself.',
      { retryAfterS: RETRY_AFTER_S },
    );
  }
  if (version > 0 && version < migrations.length) {
    const backup = `${path}.v${version}.backup`;
    if (!existsSync(backup)) db.prepare('VACUUM INTO ?').run(backup);
  }
  for (let next = version; next < migrations.length; next++)
    inTransaction(db, 'COMMIT', () => {
      db.exec(migrations[next]?.sql ?? '');
      db.exec(`PRAGMA user_version = ${next + 1}`);
    });
}

/** Takes the steps and drops them again: a step that fails on this very file is a fault of the version on trial. */
function rehearse(db: DatabaseSync, steps: typeof MIGRATIONS): void {
  inTransaction(db, 'ROLLBACK', () => {
    for (const { sql } of steps) db.exec(sql);
  });
}

function inTransaction(db: DatabaseSync, end: 'COMMIT' | 'ROLLBACK', work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec(end);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function pragma(db: DatabaseSync, name: 'user_version' | 'page_size'): number {
  const row = db.prepare(`PRAGMA ${name}`).get();
  return Number(row?.[name] ?? 0);
}

function versionSentence(found: number, known: number): string {
  return found > known
    ? 'The receipt ledger was written by a newer version. Run that version again.'
    : 'The receipt ledger is not in the form of this version yet. It is once the agent has been started; after an update that is when the new version has proven itself.';
}

/** Runs `work`; SQLite's error becomes one with a code, told for what was being done. @throws ledger_unavailable, ledger_damaged */
export function explained<T>(work: () => T, doing: Doing = 'writing'): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const code = primaryCode(cause);
    throw new CodedError(
      DAMAGED.has(code) ? 'ledger_damaged' : 'ledger_unavailable',
      sentenceOf(code, doing),
      { cause },
    );
  }
}

/** Receipts that cannot be shown stop no answer; receipts that cannot be written do. */
type Doing = 'reading' | 'writing';

/** What to do about a file that cannot be gone on with. */
export const AWAY = 'Set it aside on the page of receipts: it is kept, and a new ledger begins.';
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);
const STOPPED = 'no answer is given without a receipt.';
/** SQLite's primary result codes that somebody can do something about. @see https://sqlite.org/rescode.html */
const SENTENCES: Readonly<Record<number, Readonly<Record<Doing, string>>>> = {
  5: {
    reading: 'Another program holds the receipt ledger, so it cannot be read. Close it and try again.',
    writing: `Another program holds the receipt ledger. Close it; ${STOPPED}`,
  },
  8: {
    reading:
      'The receipt ledger cannot be read from a read-only folder. Copy the file elsewhere and read that.',
    writing: `The receipt ledger cannot be written: the disk or the file is read-only. Make it writable; ${STOPPED}`,
  },
  10: {
    reading: 'The disk failed while the receipt ledger was read. Check the disk.',
    writing: `The disk failed while the receipt ledger was written. Check the disk; ${STOPPED}`,
  },
  11: {
    reading: 'The receipt ledger is damaged: some of it cannot be read.',
    writing: `The receipt ledger is damaged. ${AWAY}`,
  },
  13: {
    reading: 'The disk is full, so the receipt ledger cannot be read. Free some space.',
    writing: `The disk is full, so the receipt cannot be written. Free some space; ${STOPPED}`,
  },
  14: {
    reading: 'The receipt ledger cannot be opened. Check that the file exists and may be read.',
    writing: 'The receipt ledger cannot be opened. Check that its folder exists and may be written.',
  },
  26: {
    reading: 'The file is no receipt ledger.',
    writing: `The file of the receipt ledger is something else. ${AWAY}`,
  },
};

/** node:sqlite puts SQLite's extended code into `errcode`; its low byte is the primary one. */
const primaryCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : -1;

function sentenceOf(code: number, doing: Doing): string {
  const what = doing === 'reading' ? 'read' : 'written';
  return SENTENCES[code]?.[doing] ?? `The receipt ledger cannot be ${what}. The log has the reason.`;
}
