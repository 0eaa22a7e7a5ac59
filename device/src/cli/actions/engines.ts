/** `engines list`, `engines add`, `engines remove`. */
import { newEngineRequest } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { engineSummary, enginesAnswer } from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { usage } from '../problems.ts';
import { readSecret } from '../secrets.ts';
import { table } from '../text/table.ts';
import { plural, printable } from '../text/words.ts';

type Engine = z.infer<typeof engineSummary>;

export async function enginesList(context: Context): Promise<number> {
  const { agent, out } = context;
  const answer = await agent.ask({ method: 'GET', path: '/api/engines' }, enginesAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const columns = [
    { title: 'ENGINE', max: 60 },
    { title: 'KIND' },
    { title: 'URL', max: 60 },
    { title: 'STATE' },
    { title: 'BUDGETS' },
    { title: 'MODELS', max: 80 },
    { title: 'NOTE', max: 120 },
  ];
  await out.line(table(columns, answer.engines.map(rowOf), out.bold));
  for (const { kind, url, models } of answer.offered)
    await out.note(
      `Found on this computer, not used: ${printable(url)} with ${plural(models.length, 'model')}. Use it: \`b3iq-host engines add NAME ${printable(url)} --kind ${printable(kind)}\``,
    );
  return EXIT.ok;
}

const rowOf = ({ name, kind, url, state, counts_prompts, models, reason }: Engine): readonly string[] => [
  name,
  kind,
  url ?? '',
  state,
  counts_prompts ? 'yes' : 'no',
  models.join(', '),
  reason ?? '',
];

export async function enginesAdd(
  context: Context,
  { name, url, engineKind, apiKey }: Command & { kind: 'engines-add' },
): Promise<number> {
  const { agent, io, out } = context;
  // The key comes last: nobody types one for a name that is refused.
  const asked = newEngineRequest.safeParse({ name, url, kind: engineKind });
  if (!asked.success)
    throw usage('NAME is 1 to 32 lower-case letters, digits and hyphens; URL is the engine’s address.');
  const key = apiKey === undefined ? undefined : await readSecret(apiKey, 'API key', io, out);
  const checked = newEngineRequest.safeParse({ ...asked.data, api_key: key });
  if (!checked.success) throw usage('The API key has 1 to 500 printable characters and no blanks.');
  const engine = await agent.ask({ method: 'POST', path: '/api/engines', body: checked.data }, engineSummary);
  if (out.json) await out.data(engine);
  else if (engine.state === 'ready')
    await out.note(
      `${printable(engine.name)} is used now, with ${plural(engine.models.length, 'model')}: ${engine.models.map((model) => printable(model)).join(', ')}.${engine.counts_prompts ? '' : ' Keys with a budget of tokens cannot use it: it does not count prompts.'}`,
    );
  else
    await out.warn(
      `${printable(engine.name)} is kept, and used as soon as it answers. ${printable(engine.reason ?? 'It is being looked at.')}`,
    );
  return EXIT.ok;
}

export async function enginesRemove(context: Context, name: string): Promise<number> {
  const { agent, out } = context;
  const path = `/api/engines/${encodeURIComponent(name)}`;
  const removed = await agent.ask({ method: 'DELETE', path }, z.looseObject({ name: z.string() }));
  if (out.json) await out.data(removed);
  else await out.note(`${printable(name)} is not used any more.`);
  return EXIT.ok;
}
