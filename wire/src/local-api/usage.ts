/**
 * `/api/usage`: what each key used of each model on each day, from the receipts.
 * Separate because pages and the command line draw it, and nothing else of the API depends on it.
 */

/** Days one answer may span. */
export const MAX_USAGE_DAYS = 366;

/** What one caller used of one model on one UTC day. */
export interface UsageRow {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  /** The key's id, or `owner` for the dashboard's playground. */
  readonly caller: string;
  /** The key's name; `null` for the owner, and for a key revoked so long ago that its name is forgotten. */
  readonly key_name: string | null;
  readonly model: string;
  /** Calls that reached an engine, failed and aborted ones included. */
  readonly calls: number;
  readonly failed_calls: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

/**
 * `GET /api/usage?from=&to=&format=` (owner): UTC days, both included, at most MAX_USAGE_DAYS; the last 30 unless told.
 * `format=csv`, or `Accept: text/csv`, gives the rows as CSV (RFC 4180).
 */
export interface UsageAnswer {
  readonly from: string;
  readonly to: string;
  /** Oldest day first. */
  readonly rows: readonly UsageRow[];
}
