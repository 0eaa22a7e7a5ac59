/** `origin list`, `origin add`, `origin remove`: which pages of other sites may call this machine from a browser. */
import { webOrigin } from '@b3iq/wire/local-api';
import { originsAnswer } from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { usage } from '../problems.ts';
import { printable } from '../text/words.ts';

export async function origins(context: Context, command: Command & { kind: 'origins' }): Promise<number> {
  const { agent, out } = context;
  const { change } = command;
  const now = await agent.ask({ method: 'GET', path: '/api/origins' }, originsAnswer);
  if (change === undefined) {
    if (out.json) await out.data(now);
    else if (now.origins.length > 0) await out.line(now.origins.map((each) => printable(each)).join('\n'));
    else await out.note('No page of another site may call this machine.');
    return EXIT.ok;
  }
  const { verb, origin } = change;
  if (verb === 'add' && !webOrigin.safeParse(origin).success)
    throw usage('An origin is such as https://app.example: no path, no final slash, in small letters.');
  if (verb === 'remove' && !now.origins.includes(origin))
    throw usage('That origin is not in the list. See `b3iq-host origin list`.');
  const others = now.origins.filter((each) => each !== origin);
  const body = { origins: verb === 'add' ? [...others, origin] : others };
  const answer = await agent.ask({ method: 'PUT', path: '/api/origins', body }, originsAnswer);
  if (out.json) await out.data(answer);
  else
    await out.note(
      verb === 'add'
        ? `Pages of ${printable(origin)} may call this machine now. They still need a key.`
        : `Pages of ${printable(origin)} may no longer call this machine.`,
    );
  return EXIT.ok;
}
