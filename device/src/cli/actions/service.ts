/** `service install`, `service uninstall` and `service status`: B3IQ Host as a service of this computer. */
import { resolve } from 'node:path';
import type { ServicePlan, Step } from '../../service/types.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem } from '../problems.ts';
import { facts as factLines } from '../text/table.ts';
import { printable } from '../text/words.ts';

/** A cold start reads the ledger and opens its doors; the engine may load on. */
const ANSWER_MS = 30_000;

type ServiceCommand = Extract<Command, { readonly kind: 'service' }>;

export async function service(context: Context, command: ServiceCommand): Promise<number> {
  const { planService } = await import('../../service/plan.ts');
  const computer = await context.workshop.computer(context.environment);
  const isNamed = Boolean(context.environment.B3IQ_STATE_DIR);
  // A service of this person works in the same folder as the command line; one of the computer has its own.
  const stateDir = command.scope === 'user' || isNamed ? resolve(context.stateDir) : undefined;
  const facts = await computer.facts(command.scope, stateDir);
  const plan = planService(facts);
  if (plan.kind === 'refused') throw problem('service_not_possible', plan.reason);
  if (command.isDryRun) return await preview(context, command, plan);
  if (command.verb === 'status') return await status(context, plan);
  if (plan.mayNot !== undefined) throw problem('service_not_possible', plan.mayNot);
  const fault = await computer.fault(facts.manager);
  if (fault !== undefined) throw problem('service_not_possible', fault);
  return command.verb === 'install' ? await install(context, plan) : await uninstall(context, plan);
}

async function install(context: Context, plan: ServicePlan): Promise<number> {
  const { out } = context;
  const carryOut = await import('../../service/carry-out.ts');
  const computer = await context.workshop.computer(context.environment);
  const { kind } = await carryOut.install(plan, computer, out.note);
  if (kind === 'kept') throw kept(plan, 'Nothing was done.');
  await out.note('Waiting for its first answer');
  const isAnswering = await computer.answers(plan.stateDir, ANSWER_MS);
  if (out.json)
    await out.data({ result: kind, file: plan.file.path, state_dir: plan.stateDir, answers: isAnswering });
  else {
    const done = {
      installed: 'B3IQ Host is installed as a service and runs.',
      renewed: 'The service was brought up to date and started again.',
      unchanged: 'The service is installed and runs. Nothing had to be changed.',
    }[kind];
    await out.line(isAnswering ? done : 'B3IQ Host is installed as a service.');
    for (const note of plan.notes) await out.note(note);
    await out.note(`Settings for it go into ${plan.stateDir}/config.json.`);
    if (isAnswering) await out.note('Set it up, or look at it: b3iq-host wizard url --with-token');
  }
  if (!isAnswering)
    await out.warn(
      `It does not answer yet.${plan.logs === undefined ? '' : ` Look at what it says: ${plan.logs}`}`,
    );
  return isAnswering ? EXIT.ok : EXIT.refused;
}

async function uninstall(context: Context, plan: ServicePlan): Promise<number> {
  const { out } = context;
  const carryOut = await import('../../service/carry-out.ts');
  const computer = await context.workshop.computer(context.environment);
  const { kind } = await carryOut.uninstall(plan, computer, out.note);
  if (kind === 'kept') throw kept(plan, 'The service was stopped and will not start again by itself.');
  if (out.json) await out.data({ result: kind, file: plan.file.path, state_dir: plan.stateDir });
  else if (kind === 'absent') await out.line('There is no such service here. Nothing was done.');
  else {
    await out.line('The service is removed.');
    await out.note(`Everything this machine knows is still in ${plan.stateDir}.`);
  }
  return EXIT.ok;
}

async function status(context: Context, plan: ServicePlan): Promise<number> {
  const { out } = context;
  const { isRunning, lookAt } = await import('../../service/carry-out.ts');
  const computer = await context.workshop.computer(context.environment);
  const file = await lookAt(plan);
  const runs = file !== 'absent' && (await isRunning(plan, computer));
  // Its socket is for its own account: nobody else can tell.
  const answers = plan.mayNot === undefined ? await computer.answers(plan.stateDir, 1_000) : undefined;
  if (out.json)
    await out.data({
      file: plan.file.path,
      file_state: file,
      running: runs,
      answers: answers ?? null,
      state_dir: plan.stateDir,
    });
  else {
    const installed = {
      absent: 'no',
      current: 'yes',
      ours: 'yes, by another version: `b3iq-host service install` brings it up to date',
      changed: 'yes, and changed by hand since',
    }[file];
    await out.line(
      factLines([
        ['Installed', installed],
        ['File', file === 'absent' ? undefined : plan.file.path],
        ['Runs', runs ? 'yes' : 'no'],
        ['Answers', answers === undefined ? 'only root can tell' : answers ? 'yes' : 'no'],
        ['State', plan.stateDir],
        ['Log', file === 'absent' ? undefined : plan.logs],
      ]),
    );
  }
  return EXIT.ok;
}

/** What would be done, for a person to read or to do by hand. */
async function preview({ out }: Context, command: ServiceCommand, plan: ServicePlan): Promise<number> {
  const isInstall = command.verb === 'install';
  const before = isInstall ? [] : plan.stop;
  const after = isInstall ? plan.start : plan.forget;
  if (out.json) {
    const argv = (steps: readonly Step[]) => steps.map((step) => step.argv);
    await out.data({
      file: plan.file.path,
      ...(isInstall ? { text: plan.file.text } : {}),
      before: argv(before),
      after: argv(after),
    });
    return EXIT.ok;
  }
  const commands = (steps: readonly Step[]) => steps.map((step) => `  ${step.argv.map(shown).join(' ')}`);
  const lines = [
    ...commands(before),
    `  ${isInstall ? 'write' : 'remove'} ${printable(plan.file.path)}`,
    ...commands(after),
  ];
  await out.line(['Nothing is done now. This would be:', ...lines].join('\n'));
  if (isInstall) await out.line(`\n${printable(plan.file.text.replaceAll('\r\n', '\n'), true).trimEnd()}`);
  return EXIT.ok;
}

/** A word of a command as a POSIX shell takes it. */
const shown = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;

const kept = (plan: ServicePlan, done: string) =>
  problem(
    'service_not_possible',
    `${plan.file.path} was changed by hand, so it was kept as it is. ${done} Move that file away and run the same again.`,
  );
