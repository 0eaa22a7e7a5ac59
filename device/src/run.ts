/** The agent as a program: configuration, log, the lines a person reads, signals, exit status. */
import { tellFault } from './appliance/console/tell-fault.ts';
import { type Environment, readConfig } from './config.ts';
import { errorChain } from './errors.ts';
import { startAgent } from './main.ts';
import { jsonLog } from './os/log.ts';
import { noServiceManager, systemdManager } from './os/notify.ts';

/**
 * Runs the agent until SIGTERM, SIGINT or SIGHUP.
 * @param options.environment  as `config.ts` reads it      @param options.overrides  configuration from the command line
 * @param options.asService  a Host under a service manager: what changes goes into the log, and no setup link, for a log
 *   is read by others; `b3iq-host wizard url --with-token` makes one
 * @returns exit status
 */
export async function runAgent(options: {
  readonly environment: Environment;
  readonly overrides?: Readonly<Record<string, unknown>>;
  readonly asService?: boolean;
}): Promise<number> {
  const config = readConfig(options.environment, options.overrides);
  process.umask(0o077); // files and sockets are born for this user alone
  // A person in a terminal reads the lines below; a log beside them is for when something is wrong.
  const isInTerminal = config.kind === 'host' && options.asService !== true;
  const log = jsonLog(config.log_level ?? (isInTerminal ? 'warn' : 'info'), (line) =>
    process.stderr.write(line),
  );
  const leave = new Promise<void>((resolve) => {
    // SIGHUP: the terminal was closed. Not `once`: while a program of ours runs, execa also listens, and ends the whole
    // process at once when it finds no other listener left.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      let isAsked = false;
      process.on(signal, () => {
        if (isAsked) process.exit(1); // twice: somebody does not want to wait
        isAsked = true;
        resolve();
      });
    }
  });
  const { notify } = config.inherited;
  const manager = notify === undefined ? noServiceManager : systemdManager(notify, config.watchdogUs, log);
  const agent = await startAgent(config, log).catch(async (error: unknown) => {
    if (config.kind === 'appliance') await tellFault(config, error, log);
    throw error;
  });
  if (isInTerminal) {
    const say = (text: string) => process.stdout.write(`${text}\n`);
    say(`${agent.name} runs on ${agent.origin}`);
    say(await agent.nextStep());
    say('Stop it with Ctrl-C.');
  }
  manager.ready(`${agent.name} answers`);
  manager.watch(() => agent.isAlive());
  agent.engineStarted.catch((error: unknown) =>
    log.error('engine.not_started', { reason: errorChain(error) }),
  );
  await leave;
  manager.stopping();
  await agent.stop();
  manager.close();
  return 0;
}
