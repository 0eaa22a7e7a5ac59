/**
 * The command line's composition root: argv → command → action → exit status.
 * Separate from `bin/` so that tests and a bundle can run it with streams and an environment of their own.
 */
import { debuglog } from 'node:util';
import { controlSocket, stateDir } from '../config.ts';
import { benchmark, benchmarkExport, benchmarkList } from './actions/benchmark.ts';
import { chat } from './actions/chat.ts';
import { claim } from './actions/claim.ts';
import { enginesAdd, enginesList, enginesRemove } from './actions/engines.ts';
import { grantCreate, grantList, grantRevoke } from './actions/grants.ts';
import { identityBackup, identityRenew, identityRestore, identityShow } from './actions/identity.ts';
import { keyChange, keyCreate, keyList, keyRevoke } from './actions/keys.ts';
import { models, status, version, wizardUrl } from './actions/machine.ts';
import { modelsAct, modelsCatalogue, modelsInstall, modelsList, modelsRemove } from './actions/models.ts';
import { origins } from './actions/origins.ts';
import { receiptsList, receiptsSetAside, receiptsShow } from './actions/receipts.ts';
import { supportBundle } from './actions/support.ts';
import { usageShow } from './actions/usage.ts';
import { openClient } from './agent/client.ts';
import { planCommand } from './argv/plan.ts';
import { type Command, EXIT, type Globals } from './argv/types.ts';
import type { Context, Workshop } from './context.ts';
import type { CliIo } from './io.ts';
import { type Output, openOutput, ReaderGone } from './output.ts';
import { asCliError, sentence, usage } from './problems.ts';
import { bashCompletion, helpData, helpText, nearestTopic } from './text/help.ts';
import { openWorkshop } from './workshop.ts';

const debug = debuglog('b3iq-host');

/**
 * Runs one command to its end.
 * @param argv  without node and script: `process.argv.slice(2)`
 * @returns exit status: 0 done · 1 refused · 2 not understood · 3 no agent · 130 stopped by Ctrl-C
 */
export async function runCli(
  argv: readonly string[],
  io: CliIo,
  workshop: Workshop = openWorkshop(),
): Promise<number> {
  const understood = planCommand(argv, {
    stdinIsTTY: io.isTTY.stdin,
    hasTokenVariable: Boolean(io.env.B3IQ_SETUP_TOKEN),
  });
  const globals: Globals =
    understood.kind === 'command'
      ? understood.globals
      : { json: understood.json, quiet: false, stateDir: undefined };
  const out = openOutput(io, globals);
  try {
    if (understood.kind === 'usage') throw usage(understood.message);
    return await act(understood.command, openContext(io, out, globals, workshop));
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT.ok; // as in `… | head -1`: whoever read has had enough
    const told = asCliError(error);
    debug('%o', error);
    const { status: code, title, detail, code: name } = told.trouble;
    await out.warn(
      globals.json
        ? JSON.stringify({ error: { status: code, title, detail, code: name } })
        : sentence(told.trouble),
    );
    return told.exit;
  }
}

function openContext(io: CliIo, out: Output, globals: Globals, workshop: Workshop): Context {
  const environment =
    globals.stateDir === undefined ? io.env : { ...io.env, B3IQ_STATE_DIR: globals.stateDir };
  const folder = stateDir(environment);
  return {
    io,
    out,
    environment,
    workshop,
    stateDir: folder,
    agent: openClient({ kind: 'socket', path: controlSocket(environment), uid: io.uid }),
  };
}

async function act(command: Command, context: Context): Promise<number> {
  switch (command.kind) {
    case 'help':
      return await help(context.out, command.topic);
    case 'version':
      return await version(context);
    case 'completion':
      await context.out.line(bashCompletion());
      return EXIT.ok;
    case 'run':
      return await context.workshop.run(
        context.environment,
        command.port === undefined ? {} : { listen_port: command.port },
        command.asService,
      );
    case 'service': {
      const { service } = await import('./actions/service.ts');
      return await service(context, command);
    }
    case 'wizard-url':
      return await wizardUrl(context, command.withToken);
    case 'claim':
      return await claim(context, command);
    case 'status':
      return await status(context);
    case 'models':
      return await models(context);
    case 'models-list':
      return await modelsList(context);
    case 'models-catalogue':
      return await modelsCatalogue(context);
    case 'models-install':
      return await modelsInstall(context, command);
    case 'models-act':
      return await modelsAct(context, command.verb, command.id);
    case 'models-remove':
      return await modelsRemove(context, command.model);
    case 'benchmark':
      return await benchmark(context, command);
    case 'benchmark-list':
      return await benchmarkList(context);
    case 'benchmark-export':
      return await benchmarkExport(context, command);
    case 'engines-list':
      return await enginesList(context);
    case 'engines-add':
      return await enginesAdd(context, command);
    case 'engines-remove':
      return await enginesRemove(context, command.name);
    case 'key-create':
      return await keyCreate(context, command);
    case 'key-change':
      return await keyChange(context, command);
    case 'key-list':
      return await keyList(context, command.all);
    case 'key-revoke':
      return await keyRevoke(context, command.id);
    case 'origins':
      return await origins(context, command);
    case 'chat':
      return await chat(context, command);
    case 'receipts-list':
      return await receiptsList(context, command.limit);
    case 'receipts-show':
      return await receiptsShow(context, command.id, command.out);
    case 'receipts-set-aside':
      return await receiptsSetAside(context);
    case 'receipts-verify': {
      // Loaded only here: the signed documents take longer to load than all the rest.
      const { receiptsVerify } = await import('./actions/verify.ts');
      return await receiptsVerify(context, command);
    }
    case 'usage':
      return await usageShow(context, command);
    case 'support-bundle':
      return await supportBundle(context, command);
    case 'grant-create':
      return await grantCreate(context, command);
    case 'grant-list':
      return await grantList(context);
    case 'grant-revoke':
      return await grantRevoke(context, command.id);
    case 'identity-show':
      return await identityShow(context);
    case 'identity-backup':
      return await identityBackup(context, command.to);
    case 'identity-restore':
      return await identityRestore(context, command.from);
    case 'identity-renew':
      return await identityRenew(context, command.confirmed);
  }
}

async function help(out: Output, topic: string): Promise<number> {
  const text = helpText(topic);
  if (text === undefined) {
    const guess = nearestTopic(topic);
    throw usage(
      `There is no help on that. ${guess === undefined ? 'See `b3iq-host help`.' : `Did you mean \`b3iq-host help ${guess}\`?`}`,
    );
  }
  if (out.json) await out.data(helpData(topic));
  else await out.line(text);
  return EXIT.ok;
}
