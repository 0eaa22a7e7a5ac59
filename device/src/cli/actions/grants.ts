/** `grant create`, `grant list`, `grant revoke`. */
import { newGrantRequest } from '@b3iq/wire/local-api';
import { grant, grantsAnswer, newGrantAnswer } from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem, usage } from '../problems.ts';
import { reserveFile } from '../secrets.ts';
import { table } from '../text/table.ts';
import { idTail, printable, relativeTime } from '../text/words.ts';
import { deliverOnce } from './shown-once.ts';

export async function grantCreate(
  { agent, io, out }: Context,
  { name, expiresInS, secretFile }: Command & { kind: 'grant-create' },
): Promise<number> {
  const checked = newGrantRequest.safeParse({ name, expires_in_s: expiresInS });
  if (!checked.success) throw usage('--name has 1 to 64 characters and no control characters.');
  const file = secretFile === undefined ? undefined : await reserveFile(secretFile);
  const answer = await agent
    .ask({ method: 'POST', path: '/api/support/grants', body: checked.data }, newGrantAnswer)
    .catch(async (error: unknown) => {
      await file?.discard();
      throw error;
    });
  await out.note(
    `“${printable(answer.grant.name)}” may look at diagnostics. This ends ${relativeTime(answer.grant.expires_at, io.now())}; the grant’s id is ${printable(answer.grant.id)}.`,
  );
  await deliverOnce(out, file, {
    secret: answer.token,
    data: { grant: answer.grant, document: answer.document },
    field: 'token',
    note: 'This is the token, shown once. It is sent as `Authorization: Bearer …` to /api/support/bundle and /api/health.',
    lost: `The grant was made, but nobody read its token. Revoke it with \`b3iq-host grant revoke ${answer.grant.id}\` and make another.`,
  });
  return EXIT.ok;
}

export async function grantList({ agent, io, out }: Context): Promise<number> {
  const answer = await agent.ask({ method: 'GET', path: '/api/support/grants' }, grantsAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const now = io.now();
  if (answer.grants.length === 0)
    await out.note('Nobody was let look. A grant is made with `b3iq-host grant create --name NAME`.');
  else
    await out.line(
      table(
        [
          { title: 'ID' },
          { title: 'FOR' },
          { title: 'TOKEN' },
          { title: 'STATE' },
          { title: 'EXPIRES' },
          { title: 'LAST USED' },
        ],
        answer.grants.map((each) => [
          idTail(each.id),
          each.name,
          each.hint,
          each.state,
          relativeTime(each.expires_at, now),
          each.last_used_at === null ? 'never' : relativeTime(each.last_used_at, now),
        ]),
        out.bold,
      ),
    );
  return EXIT.ok;
}

export async function grantRevoke({ agent, out }: Context, typed: string): Promise<number> {
  const { grants } = await agent.ask({ method: 'GET', path: '/api/support/grants' }, grantsAnswer);
  const tail = typed.replace(/^grant_…?/, '');
  const found = grants.filter(({ id }) => id === typed || (tail.length >= 4 && id.endsWith(tail)));
  const [only] = found;
  if (found.length > 1)
    throw usage(
      `${found.length} grants end with that. Type the whole id; see \`b3iq-host grant list --json\`.`,
    );
  if (only === undefined)
    throw problem('grant_not_found', 'No support grant has that id. List them with `b3iq-host grant list`.');
  const path = `/api/support/grants/${encodeURIComponent(only.id)}`;
  const revoked = await agent.ask({ method: 'DELETE', path }, grant);
  if (out.json) await out.data(revoked);
  else await out.note(`“${printable(only.name)}” is let look no longer: the next request is refused.`);
  return EXIT.ok;
}
