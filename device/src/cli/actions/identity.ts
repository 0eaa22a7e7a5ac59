/**
 * `identity show`, `backup`, `restore` and `renew`: on the files themselves, since a machine without a usable key may
 * have no agent to ask. What changes the key is refused while the agent runs: it holds the old one in memory.
 */
import { isAgentStopped } from '../agent/socket.ts';
import { EXIT } from '../argv/types.ts';
import type { Context, Refused } from '../context.ts';
import { problem, usage } from '../problems.ts';
import { errno, readTextFile } from '../secrets.ts';
import { facts } from '../text/table.ts';

/** A key file takes a few hundred bytes. */
const MAX_BACKUP_BYTES = 65_536;

/** Exit 1 when there is no identity that can be used. */
export async function identityShow({ environment, out, workshop }: Context): Promise<number> {
  const identity = await workshop.readIdentity(environment);
  const { state, reason, nodeId, shortName, publicKeyHex, custody, predecessors = [] } = identity;
  if (out.json) {
    const before = predecessors.map((p) => ({ node_id: p.nodeId, public_key: p.publicKeyHex }));
    const known = { name: shortName, node_id: nodeId, public_key: publicKeyHex, custody, reason };
    await out.data({ state, ...known, predecessors: before });
  } else
    await out.line(
      facts([
        ['Name', shortName],
        ['Node id', nodeId],
        ['Public key', publicKeyHex],
        [
          'Kept in',
          custody && { credential: 'a systemd credential', file: 'a file only its user can read' }[custody],
        ],
        ['State', STATES[state]],
        ['Reason', reason],
        ...predecessors.map(
          ({ nodeId: id, publicKeyHex: key }) => ['Before', `${id}, public key ${key}`] as const,
        ),
      ]),
    );
  return state === 'ready' ? EXIT.ok : EXIT.refused;
}

const STATES = {
  ready: 'in order',
  lost: 'the private key is lost: restore a backup, or accept a new identity with `b3iq-host identity renew`',
  corrupt:
    'the private key is damaged: restore a backup, or accept a new identity with `b3iq-host identity renew`',
  absent: 'none yet: it is made when the agent starts for the first time',
} as const;

export async function identityBackup({ environment, out, workshop }: Context, to: string): Promise<number> {
  const done = await workshop.exportIdentity(environment, to).catch((error: unknown) => {
    throw usage(`The backup cannot be written to ${to} (${errno(error)}). Name another place.`, error);
  });
  checkDone(done);
  if (out.json) await out.data({ file: to });
  await out.note(
    `The private key is in ${to}, readable by you alone. Whoever has it can pretend to be this machine: keep it off the machine, in a safe place.`,
  );
  return EXIT.ok;
}

export async function identityRestore(context: Context, from: string): Promise<number> {
  await needStoppedAgent(context);
  const backup = await readTextFile(from, MAX_BACKUP_BYTES, 'The backup');
  checkDone(await context.workshop.importIdentity(context.environment, Buffer.from(backup)));
  return await identityShow(context);
}

export async function identityRenew(context: Context, isConfirmed: boolean): Promise<number> {
  if (!isConfirmed)
    throw usage(
      'This machine would become another one to everyone who knows it, and its old key would be of no more use. Add --yes if that is meant.',
    );
  await needStoppedAgent(context);
  checkDone(await context.workshop.renewIdentity(context.environment));
  return await identityShow(context);
}

function checkDone(done: { readonly kind: string } | Refused): void {
  if ('reason' in done) throw problem('invalid_request', done.reason);
}

async function needStoppedAgent({ agent }: Context): Promise<void> {
  const response = await agent.open({ method: 'GET', path: '/health' }).catch((error: unknown) => {
    if (isAgentStopped(error)) return undefined;
    throw error;
  });
  if (response === undefined) return;
  response.destroy();
  throw problem(
    'agent_running',
    'The agent is running and holds its key in memory. Stop it, then run this again.',
  );
}
