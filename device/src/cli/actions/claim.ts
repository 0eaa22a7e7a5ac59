/** `claim`: owner and password to the agent, the recovery code back, shown once. */
import { claimRequest } from '@b3iq/wire/local-api';
import { claimAnswer, setupTokenAnswer } from '../agent/answers.ts';
import { parseSetupToken } from '../argv/parse.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { usage } from '../problems.ts';
import { readSecret, reserveFile } from '../secrets.ts';
import { printable } from '../text/words.ts';
import { deliverOnce } from './shown-once.ts';

export async function claim(context: Context, command: Command & { kind: 'claim' }): Promise<number> {
  const { agent, io, out } = context;
  const password = await readSecret(command.password, 'password', io, out);
  const given =
    command.secret.kind === 'mint'
      ? undefined
      : parseSetupToken(await readSecret(command.secret, 'setup token', io, out));
  // Checked before a token is minted: minting ends the links that are out there.
  const owner = checkedOwner(command.owner, password, given ?? 'x');
  const file =
    command.recoveryCodeFile === undefined ? undefined : await reserveFile(command.recoveryCodeFile);
  const ask = async () => {
    const secret = given ?? (await mint(context));
    const body = { secret, owner };
    return await agent.ask({ method: 'POST', path: '/api/setup/claim', body }, claimAnswer);
  };
  const answer = await ask().catch(async (error: unknown) => {
    await file?.discard();
    throw error;
  });
  return await tell(context, answer, file);
}

async function tell(
  { out }: Context,
  answer: { readonly owner: { readonly name: string }; readonly recovery_code: string },
  file: Awaited<ReturnType<typeof reserveFile>> | undefined,
): Promise<number> {
  const { recovery_code, ...rest } = answer;
  await out.note(`This machine now belongs to ${printable(answer.owner.name)}.`);
  await deliverOnce(out, file, {
    secret: recovery_code,
    data: rest,
    field: 'recovery_code',
    note: 'This is the recovery code, shown once: it sets a new password when the old one is lost. Keep it off this machine.',
    lost: 'The machine is claimed, but nobody read the recovery code. Sign in and make a new one in the settings.',
  });
  return EXIT.ok;
}

async function mint({ agent }: Context): Promise<string> {
  const answer = await agent.ask({ method: 'POST', path: '/api/setup/token', body: {} }, setupTokenAnswer);
  return answer.token;
}

function checkedOwner(name: string, password: string, secret: string) {
  const checked = claimRequest.safeParse({ secret, owner: { name, password } });
  if (checked.success) return checked.data.owner;
  const at = checked.error.issues[0]?.path.at(-1);
  if (at === 'password') throw usage('A password has 10 to 256 characters. Choose another one.');
  if (at === 'name') throw usage('An owner’s name has 1 to 64 characters and no control characters.');
  throw usage('The setup token is not one: it has at most 128 characters. Check the file.');
}
