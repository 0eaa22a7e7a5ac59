/** SQLite's untyped rows as ours. Separate so that the doubt about types ends in one place. */
import type { BatchRow, ReceiptRow, UsageCount } from './types.ts';

type SqlRow = Readonly<Record<string, unknown>>;

export function readBatch(row: SqlRow | undefined): BatchRow | undefined {
  return row === undefined ? undefined : { seq: Number(row.seq), envelope: String(row.envelope) };
}

export function readReceipt(row: SqlRow | undefined): ReceiptRow | undefined {
  if (row === undefined) return undefined;
  return {
    seq: Number(row.seq),
    id: String(row.id),
    batch: Number(row.batch),
    bytes: row.bytes instanceof Uint8Array ? row.bytes : new Uint8Array(),
    caller: String(row.caller),
    startedAtMs: Number(row.startedAtMs),
    tokens: Number(row.tokens),
  };
}

export function readReceipts(rows: readonly SqlRow[]): readonly ReceiptRow[] {
  return rows.map(readReceipt).filter((row) => row !== undefined);
}

export function readUsage(row: SqlRow): UsageCount {
  return {
    day: Number(row.day),
    caller: String(row.caller),
    model: String(row.model),
    calls: Number(row.calls),
    failed: Number(row.failed),
    promptTokens: Number(row.promptTokens),
    completionTokens: Number(row.completionTokens),
  };
}
