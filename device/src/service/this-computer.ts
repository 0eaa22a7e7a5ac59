/**
 * The computer this runs on: its accounts, folders and service manager. The only adapter of `Computer`.
 * Separate from the plans, which must say what they would do on a Mac or on Windows from anywhere.
 */
import { access, readFile, realpath } from 'node:fs/promises';
import { request } from 'node:http';
import { userInfo } from 'node:os';
import { isAbsolute, join, posix } from 'node:path';
import { execa } from 'execa';
import type { Environment } from '../config.ts';
import { ownFile } from '../os/own-files.ts';
import { waitFor } from '../os/wait-for.ts';
import type { Computer, StepResult } from './port.ts';
import type { Manager, Scope, ServiceFacts, Step } from './types.ts';

/** A manager that starts our service waits for little: the agent opens its doors within seconds. */
const STEP_TIMEOUT_MS = 90_000;
const MANAGERS: Readonly<Record<string, Manager>> = { darwin: 'launchd', win32: 'task-scheduler' };

/** @param environment  whole, as it came: the children get all of it, for `systemctl --user` finds its bus through it */
export function thisComputer(environment: Environment): Computer {
  return {
    facts: (scope, stateDir) => readFacts(environment, scope, stateDir),
    fault: faultOf,
    run: (step) => run(environment, step),
    answers: async (stateDir, timeoutMs) => {
      const socketPath = join(stateDir, 'control.sock');
      return await waitFor(() => isAnswering(socketPath), {
        timeoutMs,
        everyMs: 200,
        what: socketPath,
      }).catch(() => false);
    },
  };
}

async function readFacts(
  environment: Environment,
  scope: Scope,
  stateDir: string | undefined,
): Promise<ServiceFacts> {
  const manager = MANAGERS[process.platform] ?? 'systemd';
  const own = userInfo();
  const behind = own.uid === 0 ? await accountBehindSudo(environment) : undefined;
  const isWindows = manager === 'task-scheduler';
  const user = behind?.user ?? own.username;
  const home = behind?.home ?? (environment.HOME || own.homedir);
  const settings = environment.XDG_CONFIG_HOME || posix.join(home, '.config');
  return {
    manager,
    scope,
    nodePath: process.execPath,
    programPath: await realpath(ownFile('program')),
    stateDir,
    home,
    user: isWindows && environment.USERDOMAIN ? `${environment.USERDOMAIN}\\${user}` : user,
    uid: isWindows ? undefined : (behind?.uid ?? own.uid),
    isRoot: own.uid === 0,
    userUnitDir: posix.join(isAbsolute(settings) ? settings : posix.join(home, '.config'), 'systemd/user'),
    systemUnitDir: '/etc/systemd/system',
    gpuGroups: await gpuGroups(),
    lingers: await exists(join('/var/lib/systemd/linger', user)),
    localAppData: environment.LOCALAPPDATA,
    programData: environment.ProgramData,
  };
}

/** Who called sudo. @see sudo(8), `SUDO_USER`, `SUDO_UID`; passwd(5). On macOS, whose accounts are elsewhere, the home is by custom. */
async function accountBehindSudo({ SUDO_USER, SUDO_UID }: Environment) {
  if (!SUDO_USER || !SUDO_UID || !/^[1-9]\d*$/.test(SUDO_UID)) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const fields = lines.find((line) => line.startsWith(`${SUDO_USER}:`))?.split(':');
  const custom = `${process.platform === 'darwin' ? '/Users' : '/home'}/${SUDO_USER}`;
  return { user: SUDO_USER, uid: Number(SUDO_UID), home: fields?.[5] || custom };
}

async function gpuGroups(): Promise<readonly string[]> {
  const names = (await readFile('/etc/group', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':', 1)[0]);
  return ['video', 'render'].filter((name) => names.includes(name));
}

async function faultOf(manager: Manager): Promise<string | undefined> {
  // @see sd_booted(3)
  if (manager !== 'systemd' || (await exists('/run/systemd/system'))) return undefined;
  return 'This computer was not started by systemd, which is the only service manager of Linux that is known here. Start `b3iq-host run --as-service` by your own.';
}

async function run(environment: Environment, { argv }: Step): Promise<StepResult> {
  const [program, ...words] = argv;
  const result = await execa(program, words, {
    env: { ...environment, LC_ALL: 'C' },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: STEP_TIMEOUT_MS,
    maxBuffer: 16_384,
  });
  return { status: result.exitCode, output: result.all ?? result.shortMessage ?? '' };
}

/** Somebody speaks HTTP there; what they say is for others to read. */
function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/health', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
