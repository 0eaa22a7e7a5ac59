/**
 * Usage as CSV (RFC 4180). Separate and pure: names come from people, and a spreadsheet takes some of them for formulas.
 */
import type { UsageRow } from '@b3iq/wire/local-api';

const HEADER = 'day,key,key_name,model,calls,failed_calls,prompt_tokens,completion_tokens';

/** Header and one line a row, each ended by CRLF. */
export function usageCsv(rows: readonly UsageRow[]): string {
  const lines = rows.map((row) =>
    [
      row.day,
      field(row.caller),
      field(row.key_name ?? ''),
      field(row.model),
      row.calls,
      row.failed_calls,
      row.prompt_tokens,
      row.completion_tokens,
    ].join(','),
  );
  return [HEADER, ...lines, ''].join('\r\n');
}

/**
 * A text that no spreadsheet runs and every reader of CSV takes as one field: an apostrophe before what begins a formula.
 * @see RFC 4180 §2; OWASP, CSV Injection (full-width forms included)
 */
export function field(text: string): string {
  const safe = /^[=+\-@＝＋－＠]/u.test(text.trimStart()) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
