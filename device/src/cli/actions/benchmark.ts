/** `benchmark`, `benchmark list` and `benchmark export`: begun and followed here, measured by the agent. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Benchmarks, benchmarkAnswer, envelope } from '../agent/answers.ts';
import { EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem } from '../problems.ts';
import { reserveFile } from '../secrets.ts';
import { type Column, facts, table } from '../text/table.ts';
import { grouped, idTail, milliseconds, printable, relativeTime, span } from '../text/words.ts';

type Run = Benchmarks['runs'][number];

const ASK_EVERY_MS = 500;
const STEPS = {
  warm: 'warming up',
  'first-token': 'how soon an answer begins',
  prefill: 'reading a long text',
  write: 'writing',
} as const;

/** Begins, follows to the end, and tells what came. Ctrl-C ends it on the machine too. */
export async function benchmark(
  context: Context,
  order: { readonly model: string | undefined; readonly anyway: boolean },
): Promise<number> {
  const { agent, io, out } = context;
  const before = await look(context);
  const body = { ...(order.model === undefined ? {} : { model: order.model }), anyway: order.anyway };
  const started = await agent.ask({ method: 'POST', path: '/api/benchmark/start', body }, benchmarkAnswer);
  const stopped = new AbortController();
  const release = io.onInterrupt(() => stopped.abort());
  try {
    const end = await follow(context, started, stopped.signal);
    if (stopped.signal.aborted) {
      await agent.ask({ method: 'POST', path: '/api/benchmark/stop', body: {} }, benchmarkAnswer);
      await out.warn('Stopped. Nothing was kept of the model that was being measured.');
      return EXIT.interrupted;
    }
    const known = new Set(before.runs.map(({ id }) => id));
    const runs = end.runs.filter(({ id }) => !known.has(id)).toReversed();
    if (out.json) await out.data({ runs, problem: end.problem });
    else for (const run of runs) await out.line(`${describeRun(run, out.bold)}\n`);
    if (end.problem !== null && !out.json) await out.warn(printable(end.problem));
    else if (runs.length === 0 && !out.json) await out.warn('It was stopped elsewhere. Nothing was kept.');
    return runs.length > 0 && end.problem === null ? EXIT.ok : EXIT.refused;
  } finally {
    release();
  }
}

/** Tells each step as it begins, until nothing runs any more or somebody wants no more. */
async function follow(context: Context, started: Benchmarks, signal: AbortSignal): Promise<Benchmarks> {
  let answer = started;
  let told = '';
  while (answer.progress !== null && !signal.aborted) {
    const { label, step, streams, done, total, seconds_left: left } = answer.progress;
    const what = `${printable(label)}: ${STEPS[step]}${streams > 1 ? `, ${streams} at once` : ''}`;
    if (`${what} ${done}` !== told)
      await context.out.note(
        `${what} (${done + 1} of ${total}${left === null ? '' : `, about ${span(left)} left`})`,
      );
    told = `${what} ${done}`;
    await wait(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined); // Ctrl-C: the loop ends
    if (!signal.aborted) answer = await look(context);
  }
  return answer;
}

export async function benchmarkList(context: Context): Promise<number> {
  const { io, out } = context;
  const answer = await look(context);
  if (out.json) await out.data(answer);
  else if (answer.runs.length === 0)
    await out.note('Nothing was measured yet. `b3iq-host benchmark` begins; it takes some minutes.');
  else {
    const rows = answer.runs.map((run) => [
      idTail(run.id),
      relativeTime(run.at, io.now()),
      run.model,
      grouped(run.decode_tokens_per_second),
      grouped(run.prefill_tokens_per_second),
      milliseconds(run.first_token_ms),
      atMost(run),
      [run.self_test ? 'self-test' : '', run.disturbed ? 'disturbed' : ''].filter(Boolean).join(', '),
    ]);
    await out.line(table(COLUMNS, rows, out.bold));
  }
  return EXIT.ok;
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'WHEN' },
  { title: 'MODEL', max: 60 },
  { title: 'WRITES /S', align: 'right' },
  { title: 'READS /S', align: 'right' },
  { title: 'BEGINS', align: 'right' },
  { title: 'TOGETHER', align: 'right' },
  { title: 'NOTE' },
];

/** `4 × 37.6`: answers at once and tokens a second for each. */
function atMost({ concurrency }: Run): string {
  const most = concurrency.at(-1);
  return most === undefined ? '' : `${most.streams} × ${grouped(most.tokens_per_second / most.streams)}`;
}

/** @param id  the end or the whole of one, or `latest` */
export async function benchmarkExport(
  context: Context,
  { id, to }: { readonly id: string; readonly to: string | undefined },
): Promise<number> {
  const { agent, out } = context;
  const file = to === undefined ? undefined : await reserveFile(to, 0o644);
  try {
    const { runs } = await look(context);
    const fitting = id === 'latest' ? runs.slice(0, 1) : runs.filter((run) => run.id.endsWith(tailOf(id)));
    const [run] = fitting;
    if (run === undefined || fitting.length > 1)
      throw problem(
        'benchmark_not_found',
        fitting.length > 1
          ? 'Several benchmarks end like that. Give more of the id.'
          : 'There is no such benchmark. List them with `b3iq-host benchmark list`.',
      );
    const document = await agent.ask(
      { method: 'GET', path: `/api/benchmark/${encodeURIComponent(run.id)}` },
      envelope,
    );
    if (file === undefined) await out.data(document);
    else {
      await file.fill(JSON.stringify(document, null, 2));
      await out.note(
        `The signed benchmark is in ${file.path}. It says that this machine measured it itself, and nothing of what was asked.`,
      );
    }
  } catch (error) {
    await file?.discard();
    throw error;
  }
  return EXIT.ok;
}

/** As the list shows it, `bench_…7F3KQ2`, or as it is. */
const tailOf = (id: string): string => id.slice(id.lastIndexOf('…') + 1);

const look = ({ agent }: Context): Promise<Benchmarks> =>
  agent.ask({ method: 'GET', path: '/api/benchmark' }, benchmarkAnswer);

/** The sentences first: the numbers are for who wants them. */
function describeRun(run: Run, bold: (text: string) => string): string {
  const rows: (readonly [string, string])[] = [
    ['Writes', `${grouped(run.decode_tokens_per_second)} tokens/s`],
    ['Reads', `${grouped(run.prefill_tokens_per_second)} tokens/s`],
    ['Begins after', milliseconds(run.first_token_ms)],
    ...run.concurrency
      .filter(({ streams }) => streams > 1)
      .map(
        ({ streams, tokens_per_second: rate, first_token_ms: first }) =>
          [
            `${streams} at once`,
            `${grouped(rate)} tokens/s together, beginning after ${milliseconds(first)}`,
          ] as const,
      ),
    ['Id', run.id],
  ];
  const sentences = run.sentences.map((sentence) => printable(sentence)).join('\n');
  return `${bold(printable(run.label))}\n${sentences}\n\n${facts(rows)}`;
}
