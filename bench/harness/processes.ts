/**
 * Processes of a measurement, each pinned to a core from its first instruction, and what one has cost so far.
 * Separate so that ours and a peer's are started and read in the same way: the cost is the kernel's own count.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { Listening } from './messages.ts';

/** The server that is measured has the first core alone; what it calls and who calls it share the others. */
export const CORES = { server: 0, upstream: 1, client: availableParallelism() > 2 ? 2 : 1 } as const;
/** `undefined` runs wherever the system likes. */
export type Core = number | undefined;

export interface Server {
  readonly child: ChildProcess;
  readonly origin: string;
}

const CAN_PIN = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).error === undefined;
/** USER_HZ, which Linux has fixed for user space. @see time(7) */
const TICKS_A_SECOND = 100;
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a program. It ends with this process at the latest. */
export function startProgram(
  command: string,
  args: readonly string[],
  core: Core,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const isPinned = core !== undefined && CAN_PIN && availableParallelism() > 1;
  const child = spawn(
    isPinned ? 'taskset' : command,
    isPinned ? ['-c', String(core), command, ...args] : args,
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...environment },
    },
  );
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Starts a script and gives it its task. @param script  of this folder, such as `servers/raw.ts`, or an absolute path */
export function startScript(script: string, task: object, core: Core): ChildProcess {
  const file = isAbsolute(script) ? script : fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = startProgram(process.execPath, [file], core);
  child.send(task);
  return child;
}

/** Starts a script that serves. @throws when it ends before it listens */
export async function startServer(script: string, task: object, core: Core): Promise<Server> {
  const child = startScript(script, task, core);
  const { port } = await messageOf<Listening>(child);
  return { child, origin: `http://127.0.0.1:${port}` };
}

/** The next message of a child. @throws when it ends instead: a benchmark that waits for the dead never ends */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const onExit = (code: number | null, signal: string | null) =>
    ended.abort(new Error(`a process ended with ${signal ?? code}`));
  child.once('exit', onExit);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message as T; // each script here sends one kind of message at a time
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}

/** Waits until a port takes connections. @throws after 30 s, or when the process that should listen has ended */
export async function untilListening(child: ChildProcess, port: number): Promise<void> {
  await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => resolve(false));
      });
    },
    { timeoutMs: 30_000, what: `a server on port ${port}` },
  );
}

/** A port nobody listens on at the moment; for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

/** Processor time of all threads so far, µs, and memory held now, bytes. @see proc_pid_stat(5), proc_pid_status(5) */
export function costOf(child: ChildProcess): { readonly cpuUs: number; readonly rssBytes: number } {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]); // utime, stime
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  return { cpuUs: (ticks * 1_000_000) / TICKS_A_SECOND, rssBytes: Number(rss?.[1]) * 1_024 };
}

/** Ends whatever still runs, as when a part threw: it must not disturb the next one. */
export async function endAll(): Promise<void> {
  await Promise.all([...children].map((child) => end(child)));
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
