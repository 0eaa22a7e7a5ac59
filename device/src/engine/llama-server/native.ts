/** The native llama-server as a child of the engine's own process: started, waited for, ended. Separate from what it is
 *  asked, because a hostile file or a driver fault ends it at any moment. */
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { upstream } from './upstream.ts';

/** Enough of its last words to tell lack of memory from a bad file. */
const WORDS = 4_000;
const ASK_EVERY_MS = 50;

export interface NativeServer {
  /** Resolves with how it ended, such as `SIGABRT` or `exit 1`; never rejects. */
  readonly gone: Promise<string>;
  /** Resolves when the model is loaded. @throws `NativeEnded` when it ends before, the signal's reason when it aborts */
  ready(onProgress: () => void, signal: AbortSignal): Promise<void>;
  /** SIGKILL: it holds nothing that must be saved. */
  kill(): void;
}

/** The native server ended while it was loading. */
export class NativeEnded extends Error {
  override readonly name = 'NativeEnded';
  readonly how: string;
  /** The end of what it wrote; may name paths. */
  readonly words: string;

  constructor(how: string, words: string) {
    super(`llama-server ended (${how})`);
    this.how = how;
    this.words = words;
  }
}

/**
 * @param command  path of the program
 * @param socketPath  where its arguments tell it to listen
 */
export async function startNative(
  command: string,
  programArguments: readonly string[],
  socketPath: string,
  environment: Readonly<Record<string, string>>,
): Promise<NativeServer> {
  await rm(socketPath, { force: true }); // it cannot bind over an old one
  let words: string | undefined = '';
  const child = execa(command, programArguments, {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    extendEnv: false,
    env: environment,
    cleanup: true,
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // What it says once it serves may quote clients: read, so that the pipe never fills, and forgotten.
    if (words !== undefined) words = (words + text).slice(-WORDS);
  });
  let ended: string | undefined;
  const gone = child.then(({ signal, exitCode }) => {
    ended = signal ?? (exitCode === undefined ? 'not started' : `exit ${exitCode}`);
    return ended;
  });
  return {
    gone,
    kill: () => child.kill('SIGKILL'),
    async ready(onProgress, signal) {
      const server = upstream(socketPath);
      let before = '';
      for (;;) {
        signal.throwIfAborted();
        if (ended !== undefined) throw new NativeEnded(ended, words ?? '');
        const isReady = await server
          .json('/health', undefined, AbortSignal.any([signal, AbortSignal.timeout(5_000)]))
          .then(
            () => true,
            () => false,
          );
        if (isReady) break;
        const now = await workDone(child.pid);
        if (now !== before) onProgress();
        before = now;
        await wait(ASK_EVERY_MS, undefined, { signal });
      }
      words = undefined;
    },
  };
}

/** Processor time and bytes read so far: what a loader that stands still no longer changes. Where the system does not tell,
 *  each look counts as progress. */
async function workDone(pid: number | undefined): Promise<string> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => undefined);
  const [stat, io] = await Promise.all([read('stat'), read('io')]);
  if (stat === undefined) return String(performance.now());
  // Fields 14 and 15 behind the name in brackets: user and system time. @see proc_pid_stat(5)
  const times = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).join(' ');
  return `${times} ${io?.match(/read_bytes: \d+/)?.[0] ?? ''}`;
}
