/**
 * What a part found: a table, its goals, and what must be said beside them. Pure, so that the printed text, the JSON
 * and the page in docs/ are one thing.
 */

export interface Goal {
  /** Such as `requests ÷ raw`. */
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  /** `least`: `value` ≥ `bound` · `most`: `value` ≤ `bound`. */
  readonly kind: 'least' | 'most';
  /** Holds however short the run and busy the machine: a count that must be zero, not a time. */
  readonly isExact?: true;
}

export interface PartReport {
  readonly title: string;
  /** How it was measured, whole sentences. */
  readonly how: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly goals: readonly Goal[];
  /** What was missing or must be known to read the table. */
  readonly notes: readonly string[];
}

export const isMet = ({ value, bound, kind }: Goal): boolean =>
  kind === 'least' ? value >= bound : value <= bound;

/** The middle value; of an even number the upper one of two. NaN when there is none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @param share  0–1, such as 0.99 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Digits worth reading: none from 100 on, three places below 1. */
export function shown(value: number | string): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** The report as Markdown. @param isShort  only proves that it works: times are then no result, and are not judged */
export function render(report: PartReport, isShort: boolean): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(shown).join(' | ')} |`;
  const goals = report.goals.map((goal) => {
    const sign = goal.kind === 'least' ? '≥' : '≤';
    const verdict = isShort && goal.isExact !== true ? 'not judged' : isMet(goal) ? 'met' : 'missed';
    return `* ${goal.what}: **${shown(goal.value)}** (aim ${sign} ${goal.bound}: ${verdict})`;
  });
  return [
    report.how,
    '',
    line(report.columns),
    `|${report.columns.map(() => '---').join('|')}|`,
    ...report.rows.map(line),
    '',
    ...goals,
    ...report.notes.map((note) => `* ${note}`),
  ].join('\n');
}
