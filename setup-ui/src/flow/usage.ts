/** Rows of usage as a chart and a table want them. Separate and pure, so that empty days and filters are table tests. */
import type { UsageAnswer, UsageRow } from '@b3iq/wire/local-api';

/** What is counted together. */
export interface UsageSum {
  readonly calls: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}
export interface UsageFilter {
  /** A key's id or `owner`; undefined is all. */
  readonly caller: string | undefined;
  readonly model: string | undefined;
}
/** One line of the table; `days` is undefined where it stands for the whole time. */
export interface UsageLine extends UsageSum {
  readonly key: string;
  readonly day: string | undefined;
  readonly caller: string;
  readonly keyName: string | null;
  readonly model: string;
}
export interface UsageDay extends UsageSum {
  readonly day: string;
}

const NOTHING: UsageSum = { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0 };
const DAY_MS = 86_400_000;

/** Prompt and completion together. */
export const tokensOf = (sum: UsageSum): number => sum.promptTokens + sum.completionTokens;

export function filterUsage(rows: readonly UsageRow[], filter: UsageFilter): readonly UsageRow[] {
  return rows.filter(
    (row) =>
      (filter.caller === undefined || row.caller === filter.caller) &&
      (filter.model === undefined || row.model === filter.model),
  );
}

export function sumUsage(rows: readonly UsageRow[]): UsageSum {
  return rows.reduce(add, NOTHING);
}

/** Every day of the time asked for, also those on which nothing happened. */
export function usageByDay({ from, to }: UsageAnswer, rows: readonly UsageRow[]): readonly UsageDay[] {
  const sums = new Map<string, UsageSum>();
  for (const row of rows) sums.set(row.day, add(sums.get(row.day) ?? NOTHING, row));
  const days: UsageDay[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10);
    days.push({ day, ...(sums.get(day) ?? NOTHING) });
  }
  return days;
}

/** Lines by key and model, the most used first; or by day too, the newest first. */
export function usageLines(rows: readonly UsageRow[], isByDay: boolean): readonly UsageLine[] {
  const lines = new Map<string, UsageLine>();
  for (const row of rows) {
    const key = JSON.stringify([isByDay ? row.day : '', row.caller, row.model]);
    const { caller, model, key_name } = row;
    const day = isByDay ? row.day : undefined;
    lines.set(key, { key, day, caller, keyName: key_name, model, ...add(lines.get(key) ?? NOTHING, row) });
  }
  return [...lines.values()].sort((a, b) =>
    a.day === b.day ? tokensOf(b) - tokensOf(a) || b.calls - a.calls : (a.day ?? '') < (b.day ?? '') ? 1 : -1,
  );
}

function add(sum: UsageSum, row: UsageRow): UsageSum {
  return {
    calls: sum.calls + row.calls,
    failed: sum.failed + row.failed_calls,
    promptTokens: sum.promptTokens + row.prompt_tokens,
    completionTokens: sum.completionTokens + row.completion_tokens,
  };
}
