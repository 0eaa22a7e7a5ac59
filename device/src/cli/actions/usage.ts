/** `usage`: a table for people, CSV for spreadsheets. */
import { text } from 'node:stream/consumers';
import { usageAnswer } from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { type Column, table } from '../text/table.ts';
import { grouped, plural, SHORT_ID } from '../text/words.ts';

const COLUMNS: readonly Column[] = [
  { title: 'DAY' },
  { title: 'KEY' },
  { title: 'MODEL' },
  { title: 'CALLS', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'IN', align: 'right' },
  { title: 'OUT', align: 'right' },
];

export async function usageShow(
  { agent, out }: Context,
  { from, to, isCsv }: Command & { kind: 'usage' },
): Promise<number> {
  const query = new URLSearchParams({
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(isCsv && { format: 'csv' }),
  });
  const call = { method: 'GET', path: `/api/usage${query.size === 0 ? '' : `?${query}`}` } as const;
  if (isCsv) {
    await out.raw(await text(await agent.open(call)));
    return EXIT.ok;
  }
  const answer = await agent.ask(call, usageAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const { from: first, to: last, rows } = answer;
  if (rows.length === 0) {
    await out.note(`Nothing was asked from ${first} to ${last}.`);
    return EXIT.ok;
  }
  const cells = rows.map((row) => [
    row.day,
    row.key_name ?? row.caller.slice(0, SHORT_ID), // as `key list` shows it
    row.model,
    grouped(row.calls),
    grouped(row.failed_calls),
    grouped(row.prompt_tokens),
    grouped(row.completion_tokens),
  ]);
  await out.line(table(COLUMNS, cells, out.bold));
  const sum = (of: 'calls' | 'prompt_tokens' | 'completion_tokens') =>
    rows.reduce((total, row) => total + row[of], 0);
  await out.note(
    `${plural(sum('calls'), 'call')}, ${grouped(sum('prompt_tokens'))} tokens in, ${grouped(sum('completion_tokens'))} out, from ${first} to ${last} (UTC).`,
  );
  return EXIT.ok;
}
