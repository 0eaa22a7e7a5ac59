/** `receipts list`, `receipts show` and `receipts set-aside`. */
import { receiptProof, receiptsAnswer, setAsideAnswer } from '../agent/answers.ts';
import { EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem } from '../problems.ts';
import { reserveFile } from '../secrets.ts';
import { type Column, facts, table } from '../text/table.ts';
import { grouped, idTail, milliseconds, relativeTime, SHORT_ID } from '../text/words.ts';

const COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'ID' },
  { title: 'WHEN' },
  { title: 'MODEL' },
  { title: 'CALLER' },
  { title: 'STATUS' },
  { title: 'IN', align: 'right' },
  { title: 'OUT', align: 'right' },
  { title: 'TOOK', align: 'right' },
  { title: 'COUNTED BY' },
];

export async function receiptsList({ agent, io, out }: Context, limit: number): Promise<number> {
  const path = `/api/receipts?limit=${limit}`;
  const answer = await agent.ask({ method: 'GET', path }, receiptsAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const rows = answer.receipts.map((r) => [
    String(r.seq),
    idTail(r.id),
    relativeTime(r.at, io.now()),
    r.model,
    r.caller.slice(0, SHORT_ID), // as `key list` shows it
    r.status,
    grouped(r.prompt_tokens),
    grouped(r.completion_tokens),
    milliseconds(r.duration_ms),
    r.token_source,
  ]);
  if (rows.length === 0) await out.note('There is no receipt yet: the first answer leaves the first one.');
  else await out.line(table(COLUMNS, rows, out.bold));
  if (answer.total > rows.length)
    await out.note(`The newest ${grouped(rows.length)} of ${grouped(answer.total)}; more with --limit.`);
  return EXIT.ok;
}

export async function receiptsShow(context: Context, id: string, to: string | undefined): Promise<number> {
  const { agent, out } = context;
  const file = to === undefined ? undefined : await reserveFile(to, 0o644);
  try {
    const found = /^\d{1,15}$/.test(id) ? await idOfNumber(context, Number(id)) : id;
    const path = `/api/receipts/${encodeURIComponent(found)}`;
    const proof = await agent.ask({ method: 'GET', path }, receiptProof);
    if (file !== undefined) {
      await file.fill(JSON.stringify(proof, null, 2));
      await out.note(`The proof is in ${file.path}. It holds no prompt and no answer.`);
    } else if (out.json) await out.data(proof);
    else await out.line(describeReceipt(proof));
  } catch (error) {
    await file?.discard();
    throw error;
  }
  return EXIT.ok;
}

export async function receiptsSetAside({ agent, out }: Context): Promise<number> {
  const answer = await agent.ask(
    { method: 'POST', path: '/api/receipts/set-aside', body: {} },
    setAsideAnswer,
  );
  if (out.json) await out.data(answer);
  else
    await out.line(
      `A new ledger has begun. The damaged one is kept as ${answer.kept_as} in the state folder.`,
    );
  return EXIT.ok;
}

/** The receipt's own fields, then where its proof leads. The receipt is text from a file or an answer: hostile. */
function describeReceipt(proof: {
  readonly receipt: string;
  readonly leaf: string;
  readonly public_key: string;
}): string {
  const rows = Object.entries(fieldsOf(proof.receipt)).map(
    ([name, value]) => [name.replaceAll('_', ' '), String(value)] as const,
  );
  return facts([...rows, ['leaf', proof.leaf], ['signed by', proof.public_key]]);
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // told below, as for any other text that is no object
  }
  throw problem('agent_answer_invalid', 'The receipt is not a JSON object. Run `b3iq-host receipts verify`.');
}

async function idOfNumber({ agent }: Context, seq: number): Promise<string> {
  const path = `/api/receipts?limit=1&before=${seq + 1}`;
  const { receipts } = await agent.ask({ method: 'GET', path }, receiptsAnswer);
  const found = receipts.find((receipt) => receipt.seq === seq);
  if (found === undefined)
    throw problem(
      'receipt_not_found',
      'There is no receipt with that number. List them with `b3iq-host receipts list`.',
    );
  return found.id;
}
