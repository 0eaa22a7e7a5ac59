/** One run of the engine child, from spawn to the last of its processes. Separate so that supervision only hears four
 *  things: messages, silence, exit, gone. */
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type ChildConfig, type ChildMessage, childMessage } from './messages.ts';

export interface ChildEvents {
  onMessage(message: ChildMessage): void;
  /** After the process and its group are gone. `how` such as `SIGABRT` or `exit 1`. */
  onExit(how: string): void;
}

export interface EngineProcess {
  readonly pid: number | undefined;
  /** Resolves after `onExit`. */
  readonly gone: Promise<void>;
  /** SIGKILL to the whole group. */
  kill(): void;
  /** SIGTERM; SIGKILL after the bound. */
  terminate(): void;
}

/** How long a child may take to end by itself. It holds nothing that must be saved. */
const TERMINATE_MS = 3_000;

/** @param nodePath  the Node that runs it, usually `process.execPath` */
export function startEngineProcess(
  config: ChildConfig,
  nodePath: string,
  events: ChildEvents,
): EngineProcess {
  const entry = fileURLToPath(new URL('./child.ts', import.meta.url));
  const child = execa(nodePath, [entry], {
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
    env: { OMP_WAIT_POLICY: 'passive', GGML_NO_BACKTRACE: '1', ...compileCache() },
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
    const message = childMessage.safeParse(raw);
    if (message.success) events.onMessage(message.data);
  });
  child.sendMessage(config).catch(() => killGroup('SIGKILL')); // it died at once; the exit below says how
  let timer: NodeJS.Timeout | undefined;
  const gone = child
    .then((result) => {
      clearTimeout(timer);
      killGroup('SIGKILL');
      events.onExit(
        result.signal ?? (result.exitCode === undefined ? 'not started' : `exit ${result.exitCode}`),
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
