/** `key create`, `key change`, `key list`, `key revoke`. */
import { keyChange as keyChangeRequest, newKeyRequest } from '@b3iq/wire/local-api';
import { type Key, keysAnswer, localKey, newKeyAnswer } from '../agent/answers.ts';
import { type Command, EXIT, type Expiry } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem, usage } from '../problems.ts';
import { reserveFile } from '../secrets.ts';
import { table } from '../text/table.ts';
import { grouped, printable, relativeTime, shortIds } from '../text/words.ts';
import { deliverOnce } from './shown-once.ts';

export async function keyCreate(
  context: Context,
  command: Command & { kind: 'key-create' },
): Promise<number> {
  const { agent, io, out } = context;
  const checked = newKeyRequest.safeParse({
    name: command.name,
    scopes: command.scopes,
    models: command.models,
    requests_per_minute: command.requestsPerMinute,
    tokens_per_day: command.tokensPerDay,
    concurrency: command.concurrency,
    priority: command.priority,
    expires_at: command.expiry === undefined ? undefined : expiryTime(command.expiry, io.now()),
  });
  if (!checked.success) throw usage(wrongField(String(checked.error.issues[0]?.path[0])));
  const file = command.secretFile === undefined ? undefined : await reserveFile(command.secretFile);
  const answer = await agent
    .ask({ method: 'POST', path: '/api/keys', body: checked.data }, newKeyAnswer)
    .catch(async (error: unknown) => {
      await file?.discard();
      throw error;
    });
  await out.note(`The key “${printable(answer.key.name)}” is made; its id is ${printable(answer.key.id)}.`);
  await deliverOnce(out, file, {
    secret: answer.secret,
    data: { key: answer.key },
    field: 'secret',
    note: 'This is the key, shown once. Apps send it as `Authorization: Bearer …`.',
    lost: `The key was made, but nobody read it. Revoke it with \`b3iq-host key revoke ${answer.key.id}\` and make another.`,
  });
  return EXIT.ok;
}

export async function keyChange(
  context: Context,
  command: Command & { kind: 'key-change' },
): Promise<number> {
  const { agent, io, out } = context;
  const { expiry } = command;
  const named = {
    name: command.name,
    scopes: command.scopes,
    models: command.models,
    requests_per_minute: command.requestsPerMinute,
    tokens_per_day: command.tokensPerDay,
    concurrency: command.concurrency,
    priority: command.priority,
    expires_at: expiry === null || expiry === undefined ? expiry : expiryTime(expiry, io.now()),
  };
  const checked = keyChangeRequest.safeParse(
    Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  );
  if (!checked.success) throw usage(wrongField(String(checked.error.issues[0]?.path[0]), 'key change'));
  const { keys } = await agent.ask({ method: 'GET', path: '/api/keys' }, keysAnswer);
  const path = `/api/keys/${encodeURIComponent(keyByBeginning(keys, command.id).id)}`;
  const changed = await agent.ask({ method: 'PATCH', path, body: checked.data }, localKey);
  if (out.json) await out.data(changed);
  else await out.note(`“${printable(changed.name)}” is changed, from its next request on.`);
  return EXIT.ok;
}

function wrongField(field: string, verb = 'key create'): string {
  const sentences: Readonly<Record<string, string>> = {
    name: '--name has 1 to 64 characters and no control characters.',
    models: '--model has 1 to 200 characters and may be given up to 100 times.',
  };
  return (
    sentences[field] ?? `--${field.replaceAll('_', '-')} is not right. See \`b3iq-host ${verb} --help\`.`
  );
}

/** The moment as RFC 3339 UTC. A bare date is the start of that day in UTC. @param nowMs  Unix ms */
export function expiryTime(expiry: Expiry, nowMs: number): string {
  if (expiry.kind === 'in') return new Date(nowMs + expiry.ms).toISOString();
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(expiry.text);
  const ms = isTime ? Date.parse(expiry.text) : Number.NaN;
  // Date.parse rolls 30 February over to March; a key must not live longer than was typed.
  const isReal =
    new Date(Date.parse(`${expiry.text.slice(0, 10)}T00:00:00Z`)).getUTCDate() ===
    Number(expiry.text.slice(8, 10));
  if (Number.isNaN(ms) || !isReal)
    throw usage('--expires-at is a time such as 2027-01-31 (UTC) or 2027-01-31T18:00:00Z.');
  if (ms <= nowMs) throw usage('--expires-at lies in the past. Give a later time.');
  return new Date(ms).toISOString();
}

export async function keyList(context: Context, all: boolean): Promise<number> {
  const { agent, io, out } = context;
  const answer = await agent.ask({ method: 'GET', path: '/api/keys' }, keysAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const now = io.now();
  const shown = answer.keys.filter((key) => all || isLive(key, now));
  const hidden = answer.keys.length - shown.length;
  if (shown.length > 0) await out.line(keyTable(shown, answer.keys, now, out.bold));
  else await out.note('There is no key yet. Make one with `b3iq-host key create --name NAME`.');
  if (hidden > 0) await out.note(`${grouped(hidden)} revoked or expired; see them with --all.`);
  return EXIT.ok;
}

const isLive = (key: Key, nowMs: number): boolean =>
  key.revoked_at === null && !(key.expires_at !== null && Date.parse(key.expires_at) <= nowMs);

/** @param all  every key there is, so that the short ids shown are unique among them */
export function keyTable(
  keys: readonly Key[],
  all: readonly Key[],
  nowMs: number,
  bold: (text: string) => string,
): string {
  const short = shortIds(all.map(({ id }) => id));
  return table(
    [
      { title: 'ID' },
      { title: 'NAME' },
      { title: 'KEY' },
      { title: 'MAY', max: 60 },
      { title: 'LIMITS', max: 60 },
      { title: 'TODAY', align: 'right' },
      { title: 'LAST USED' },
      { title: 'EXPIRES' },
    ],
    keys.map((key) => [
      short.get(key.id) ?? key.id,
      key.name,
      key.hint,
      `${key.scopes.join(', ')}${key.models === null ? '' : `: ${key.models.join(', ')}`}`,
      limits(key),
      grouped(key.tokens_today),
      key.last_used_at === null ? 'never' : relativeTime(key.last_used_at, nowMs),
      ending(key, nowMs),
    ]),
    bold,
  );
}

function limits(key: Key): string {
  const parts = [
    key.requests_per_minute === null ? '' : `${grouped(key.requests_per_minute)}/min`,
    key.tokens_per_day === null ? '' : `${grouped(key.tokens_per_day)} tokens/day`,
    key.concurrency === null ? '' : `${grouped(key.concurrency)} at once`,
    key.priority === 'normal' ? '' : key.priority,
  ];
  return parts.filter(Boolean).join(', ') || 'none';
}

function ending(key: Key, nowMs: number): string {
  if (key.revoked_at !== null) return `revoked ${relativeTime(key.revoked_at, nowMs)}`;
  if (key.expires_at === null) return 'never';
  const when = relativeTime(key.expires_at, nowMs);
  return Date.parse(key.expires_at) <= nowMs ? `expired ${when}` : when;
}

export async function keyRevoke(context: Context, typed: string): Promise<number> {
  const { agent, out } = context;
  const { keys } = await agent.ask({ method: 'GET', path: '/api/keys' }, keysAnswer);
  const key = keyByBeginning(keys, typed);
  const path = `/api/keys/${encodeURIComponent(key.id)}`;
  const revoked = await agent.ask({ method: 'DELETE', path }, localKey);
  if (out.json) await out.data(revoked);
  else await out.note(`“${printable(key.name)}” is revoked: its next request is refused.`);
  return EXIT.ok;
}

/** The key whose id is `typed`, or the only one whose id begins with it. @throws key_not_found; usage when several do */
export function keyByBeginning(keys: readonly Key[], typed: string): Key {
  const exact = keys.find(({ id }) => id === typed);
  if (exact !== undefined) return exact;
  // `key_` alone begins every id; four characters of the id proper are the least that can be meant.
  const found = typed.length < 'key_'.length + 4 ? [] : keys.filter(({ id }) => id.startsWith(typed));
  const [only] = found;
  if (found.length > 1)
    throw usage(
      `${found.length} keys begin with that id. Type more of it; see \`b3iq-host key list --all\`.`,
    );
  if (only === undefined)
    throw problem('key_not_found', 'No key has that id. List the keys with `b3iq-host key list --all`.');
  return only;
}
