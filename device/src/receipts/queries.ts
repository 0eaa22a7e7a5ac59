/** All SQL of the ledger, as data. Separate so that what is stored can be read in one sitting: there is no column
 *  in which a prompt or an answer could stand. */

/** Steps from one `user_version` to the next; step `i` leads to version `i + 1`. A shipped step never changes. */
export const MIGRATIONS: readonly { readonly note: string; readonly sql: string }[] = [
  {
    note: 'receipts and the signed batches they were committed with',
    sql: `
      CREATE TABLE batches (
        seq INTEGER PRIMARY KEY,
        envelope TEXT NOT NULL
      ) STRICT;
      CREATE TABLE receipts (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        batch INTEGER NOT NULL REFERENCES batches (seq),
        bytes BLOB NOT NULL,
        caller TEXT NOT NULL,
        started_at_ms INTEGER NOT NULL,
        tokens INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX receipts_by_batch ON receipts (batch);
      CREATE INDEX receipts_by_caller ON receipts (caller, started_at_ms, tokens);`,
  },
];

const COLUMNS = 'seq, id, batch, bytes, caller, started_at_ms AS startedAtMs, tokens';

export const INSERT_BATCH = 'INSERT INTO batches (seq, envelope) VALUES (?, ?)';
export const INSERT_RECEIPT =
  'INSERT INTO receipts (seq, id, batch, bytes, caller, started_at_ms, tokens) VALUES (?, ?, ?, ?, ?, ?, ?)';
export const LAST_BATCH = 'SELECT seq, envelope FROM batches ORDER BY seq DESC LIMIT 1';
export const ONE_BATCH = 'SELECT seq, envelope FROM batches WHERE seq = ?';
/** The next batch at or after a `seq`, so that a gap is found and not stepped over. */
export const NEXT_BATCH = 'SELECT seq, envelope FROM batches WHERE seq >= ? ORDER BY seq LIMIT 1';
export const RECEIPTS_OF_BATCH = `SELECT ${COLUMNS} FROM receipts WHERE batch = ? ORDER BY seq`;
export const RECEIPT_BY_ID = `SELECT ${COLUMNS} FROM receipts WHERE id = ?`;
export const FIRST_AFTER = `SELECT ${COLUMNS} FROM receipts WHERE seq > ? ORDER BY seq LIMIT 1`;
export const PAGE_BEFORE = `SELECT ${COLUMNS} FROM receipts WHERE seq < ? ORDER BY seq DESC LIMIT ?`;
export const TOTAL = 'SELECT count(*) AS count, max(started_at_ms) AS lastAtMs FROM receipts';
export const USAGE_SINCE = `
  SELECT caller,
         sum(CASE WHEN started_at_ms >= ? THEN tokens ELSE 0 END) AS tokens,
         max(started_at_ms) AS lastAtMs
  FROM receipts GROUP BY caller`;
/**
 * What each caller used of each model on each UTC day, oldest day first; between two unix ms, the second not included.
 * Callers are found one jump of the index each, then each caller's span is read, so days nobody asks for are never touched.
 * What stands in no column comes from the receipt's own bytes.
 */
export const USAGE_BY_DAY = `
  WITH RECURSIVE callers (caller) AS (
    SELECT min(caller) FROM receipts
    UNION ALL
    SELECT (SELECT min(caller) FROM receipts WHERE caller > callers.caller) FROM callers WHERE caller IS NOT NULL
  )
  SELECT started_at_ms / 86400000 AS day,
         callers.caller AS caller,
         json_extract(CAST(bytes AS TEXT), '$.model') AS model,
         count(*) AS calls,
         sum(json_extract(CAST(bytes AS TEXT), '$.status') = 'failed') AS failed,
         sum(CAST(json_extract(CAST(bytes AS TEXT), '$.prompt_tokens') AS INTEGER)) AS promptTokens,
         sum(CAST(json_extract(CAST(bytes AS TEXT), '$.completion_tokens') AS INTEGER)) AS completionTokens
  FROM callers CROSS JOIN receipts
    ON receipts.caller = callers.caller AND started_at_ms >= ? AND started_at_ms < ?
  GROUP BY day, callers.caller, model
  ORDER BY day, callers.caller, model`;
