/** One run of an engine as a child of the agent, from spawn to the last of its processes, on a socket in a folder that only
 *  this user may enter. Separate because on an appliance the agent has no children: there the engine is a unit. */
import { chmod, rm } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { CodedError } from '../../errors.ts';
import { makePrivateFolder } from '../../os/files.ts';
import type { EngineLauncher, EngineProcess, LaunchEvents } from './launcher.ts';
import { type EngineTask, engineMessage } from './messages.ts';

/** How long a child may take to end by itself. It holds nothing that must be saved. */
const TERMINATE_MS = 3_000;

export interface ChildProgram {
  /** The Node that runs it, usually `process.execPath`. */
  readonly nodePath: string;
  /** The program and what it is told besides its task. */
  readonly arguments: readonly string[];
  /** Where it shall listen: at most 100 bytes, in a folder of its own. */
  readonly socketPath: string;
  /** What its environment holds besides; asked at each start. @throws what refuses the start */
  readonly environment?: () => Promise<Readonly<Record<string, string>>>;
}

/** @throws config_invalid when the socket path is too long */
export function childLauncher(program: ChildProgram): EngineLauncher {
  const { socketPath } = program;
  if (Buffer.byteLength(socketPath) > 100)
    throw new CodedError(
      'config_invalid',
      'The engine’s socket path is longer than 100 bytes. Use a shorter state folder.',
    );
  let environment: Readonly<Record<string, string>> = {};
  return {
    async prepare() {
      environment = (await program.environment?.()) ?? {};
      await makePrivateFolder(dirname(socketPath));
      await chmod(dirname(socketPath), 0o700);
      await rm(socketPath, { force: true });
    },
    start: (task, events) => startChild(task, program, environment, events),
    tidy: () => rm(socketPath, { force: true }),
  };
}

function startChild(
  task: EngineTask,
  program: ChildProgram,
  environment: Readonly<Record<string, string>>,
  events: LaunchEvents,
): EngineProcess {
  let cause: string | undefined;
  const child = execa(program.nodePath, [...program.arguments], {
    ipc: true,
    stdin: 'ignore',
    stdout: 'ignore', // llama.cpp's own words may quote grammars, which hold what clients wrote
    stderr: 'ignore',
    buffer: false,
    detached: true, // a group of its own: signals meant for the agent's terminal do not reach it
    cleanup: true,
    reject: false,
    extendEnv: false,
    // Nothing of the agent's environment. Waiting threads must not spin: 7.5 times faster on a busy host. A crash shall
    // end at once instead of attaching a debugger to itself first.
    env: { OMP_WAIT_POLICY: 'passive', GGML_NO_BACKTRACE: '1', ...compileCache(), ...environment },
    serialization: 'json',
  });
  const killGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // ESRCH: the group is already gone, which is what was wanted.
    }
  };
  child.nodeChildProcess.on('message', (raw: unknown) => {
    const message = engineMessage.safeParse(raw);
    if (!message.success) return;
    if (message.data.kind === 'ending') cause = message.data.how;
    events.onMessage(message.data);
  });
  child.sendMessage(task).catch(() => killGroup('SIGKILL')); // it died at once; the exit below says how
  let timer: NodeJS.Timeout | undefined;
  const gone = child
    .then((result) => {
      clearTimeout(timer);
      killGroup('SIGKILL');
      events.onExit(
        cause ?? result.signal ?? (result.exitCode === undefined ? 'not started' : `exit ${result.exitCode}`),
      );
    })
    .catch((error: unknown) => events.onExit(error instanceof Error ? error.name : 'unknown'));
  return {
    pid: child.pid,
    gone,
    kill: () => killGroup('SIGKILL'),
    terminate: () => {
      killGroup('SIGTERM');
      timer = setTimeout(() => killGroup('SIGKILL'), TERMINATE_MS);
    },
  };
}

/** The agent's own cache of compiled modules, if it has one: the library of the engine is large. */
function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
