/** `status`, `models`, `wizard url` and `version`: looking at the machine without changing it, save for the setup token. */
import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import {
  modelsAnswer,
  recoveryLinkAnswer,
  type Status,
  setupTokenAnswer,
  statusAnswer,
} from '../agent/answers.ts';
import { EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { CliError, problem } from '../problems.ts';
import { facts, table } from '../text/table.ts';
import { bytes, clipped, grouped, printable, relativeTime, span } from '../text/words.ts';

export async function status(context: Context): Promise<number> {
  const { agent, io, out } = context;
  const answer = await agent.ask({ method: 'GET', path: '/api/status' }, statusAnswer);
  if (out.json) await out.data(answer);
  else await out.line(describeStatus(answer, io.now(), out.bold));
  return EXIT.ok;
}

/** The status as lines for a person. @param nowMs  Unix ms */
export function describeStatus(s: Status, nowMs: number, bold: (text: string) => string): string {
  const state = {
    unclaimed: 'no owner yet: run `b3iq-host wizard url --with-token` and open the link',
    claimed: 'claimed, local',
    'claimed-recovering': 'claimed; has lost its network and waits for its owner',
    'identity-lost': 'its key is lost: see `b3iq-host identity --help`',
    'identity-corrupt': 'its key is damaged: see `b3iq-host identity --help`',
  }[s.state];
  const speeds = [...s.recent_speeds].sort((a, b) => a - b);
  const median = speeds[Math.floor(speeds.length / 2)];
  const last = s.last_receipt_at === null ? '' : `, the last ${relativeTime(s.last_receipt_at, nowMs)}`;
  const failed = s.hardware.checks.filter(({ ok }) => !ok);
  const rows: (readonly [string, string | undefined])[] = [
    ['State', state],
    ['Owner', s.owner ?? undefined],
    ['Up', `${span(s.uptime_s)}, version ${s.version}`],
    ['API', s.endpoint],
    ...s.models.map((m, i) => [i === 0 ? 'Models' : '', describeModel(m)] as const),
    ['Requests', `${grouped(s.active_requests)} active, ${grouped(s.queued_requests)} waiting`],
    ['Speed', median === undefined ? undefined : `${grouped(median)} tokens/s in recent answers`],
    ['Keys', `${grouped(s.keys_active)} active`],
    ['Receipts', `${grouped(s.receipts_total)}${last}`],
    ['Memory', `${bytes(s.memory_used_bytes)} of ${bytes(s.memory_total_bytes)} in use`],
    ['Hardware', s.hardware.passed ? 'passed' : 'not everything passed'],
    ...failed.map((c) => ['', `${c.label}: ${c.value}. ${c.advice ?? ''}`.trim()] as const),
    ['Warnings', s.alerts_open === 0 ? undefined : `${s.alerts_open} open: see Health on its page`],
    ['Notice', s.notice ?? undefined],
    ['Name', s.name_clash ? 'another machine on this network has the same short name' : undefined],
    ['Counts', s.counts_to === null ? undefined : `of calls go to ${s.counts_to}; no prompt is in them`],
    ['Node id', s.node_id],
  ];
  return `${bold(printable(s.name))}\n${facts(rows)}`;
}

const describeModel = (m: Status['models'][number]): string =>
  `${m.id}: ${m.state}${m.self_test ? ', a self-test' : ''}${m.reason ? ` (${m.reason})` : ''}`;

export async function models(context: Context): Promise<number> {
  const { agent, out } = context;
  const answer = await agent.ask({ method: 'GET', path: '/api/models' }, modelsAnswer);
  if (out.json) await out.data(answer);
  else if (answer.models.length === 0) await out.note('There is no model on this machine.');
  else {
    const columns = [
      { title: 'MODEL', max: 60 },
      { title: 'STATE' },
      { title: 'CONTEXT', align: 'right' as const },
      { title: 'SIZE', align: 'right' as const },
      { title: 'CAN', max: 80 },
      { title: 'NOTE', max: 120 },
    ];
    const rows = answer.models.map((m) => [
      m.id,
      m.state,
      m.context_tokens === 0 ? '?' : grouped(m.context_tokens),
      m.size_bytes === 0 ? '?' : bytes(m.size_bytes),
      m.capabilities.join(', '),
      [m.self_test ? 'self-test' : '', m.reason ?? ''].filter(Boolean).join('; '),
    ]);
    await out.line(table(columns, rows, out.bold));
  }
  return EXIT.ok;
}

export async function wizardUrl(context: Context, withToken: boolean): Promise<number> {
  const { agent, out } = context;
  if (!withToken) {
    const { endpoint } = await agent.ask({ method: 'GET', path: '/api/status' }, statusAnswer);
    const url = setupPage(endpoint);
    if (out.json) await out.data({ url });
    else await out.line(url);
    return EXIT.ok;
  }
  const { state } = await agent.ask({ method: 'GET', path: '/api/status' }, statusAnswer);
  if (state === 'claimed') return recoveryUrl(context);
  const answer = await agent.ask({ method: 'POST', path: '/api/setup/token', body: {} }, setupTokenAnswer);
  if (out.json) await out.data(answer);
  else {
    await out.line(printable(answer.url));
    await out.note(
      `Whoever opens this link can claim the machine. It works once, for ${span(answer.expires_in_s)}; earlier links no longer do.`,
    );
  }
  return EXIT.ok;
}

/** The way back for an owner who has lost password and recovery code: a link that sets a new password. */
async function recoveryUrl({ agent, out }: Context): Promise<number> {
  const answer = await agent.ask(
    { method: 'POST', path: '/api/session/recovery-link', body: {} },
    recoveryLinkAnswer,
  );
  if (out.json) await out.data(answer);
  else {
    await out.line(printable(answer.url));
    await out.note(
      'This machine has an owner. Whoever opens this link can set a new password for them; the recovery code they kept no longer works.',
    );
  }
  return EXIT.ok;
}

/** `…/setup/` on the machine whose public API is at `endpoint`. @throws agent_answer_invalid */
export function setupPage(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    throw problem('agent_answer_invalid', 'The agent told no address for its page. Look at its log.');
  return `${new URL(endpoint).origin}/setup/`;
}

const health = z.looseObject({ version: z.string().max(64) });

export async function version(context: Context): Promise<number> {
  const { agent, out } = context;
  const running = await agent
    .ask({ method: 'GET', path: '/health', timeoutMs: 2000 }, health)
    .catch((error: unknown) => {
      if (error instanceof CliError) return undefined; // a version is told with or without an agent
      throw error;
    });
  const { version: own } = packageJson;
  if (out.json)
    await out.data({ version: own, node: process.versions.node, agent: running?.version ?? null });
  else {
    await out.line(`b3iq-host ${own}`);
    if (running !== undefined && running.version !== own)
      await out.warn(
        `The running agent is version ${printable(clipped(running.version, 64))}. Restart it to use this one.`,
      );
  }
  return EXIT.ok;
}
