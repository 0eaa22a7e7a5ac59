/**
 * Runs `nmcli`. Separate because here is what keeps strangers' names and owners' passwords apart from the shell, the
 * process list and the disk: arguments without a shell, bytes through a pipe, secrets in a file that lives for one call.
 */
import { randomUUID } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import type { Argument } from './plan.ts';

export interface NmcliOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}
export interface Nmcli {
  /** What it printed. @throws when it failed, without what it was told */
  run(args: readonly Argument[], options?: NmcliOptions): Promise<string>;
  /** As `run`, with `secret` as its password file for as long as it runs. */
  runWithSecret(args: readonly string[], secret: string, options?: NmcliOptions): Promise<string>;
}

/** Enough for a slow machine; a join brings its own. */
const TIMEOUT_MS = 30_000;

/** @param secretsDir  a folder in RAM that only the agent can enter */
export function nmcli(secretsDir: string, program = 'nmcli'): Nmcli {
  async function run(
    args: readonly Argument[],
    { signal, timeoutMs = TIMEOUT_MS }: NmcliOptions = {},
  ): Promise<string> {
    const options = {
      env: { LC_ALL: 'C.UTF-8' },
      timeout: timeoutMs,
      maxBuffer: 1_000_000,
      reject: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    } satisfies Options;
    // Node can only pass text as arguments. `xargs -0` takes bytes from a pipe and passes them on as they are.
    const result = args.every((arg) => typeof arg === 'string')
      ? await execa(program, args, { ...options, stdin: 'ignore' })
      : await execa('xargs', ['-0', program], { ...options, input: joinBytes(args) });
    signal?.throwIfAborted();
    // Arguments hold names of networks and people, and what it prints repeats them: neither goes into an error.
    if (result.failed) {
      const what = args.filter((arg) => typeof arg === 'string' && /^[a-z]+$/.test(arg)).slice(0, 2);
      throw new NmcliFailed(result.timedOut ? undefined : result.exitCode, what.join(' '));
    }
    return result.stdout;
  }

  return {
    run,
    async runWithSecret(args, secret, options) {
      const path = join(secretsDir, `nm-${randomUUID()}`);
      try {
        await writeFile(path, secret, { mode: 0o600, flag: 'wx' });
        return await run([...args, 'passwd-file', path], options);
      } finally {
        await unlink(path).catch(() => {}); // it may never have been written
      }
    },
  };
}

/** `nmcli` could not do it. `exitCode` as in nmcli(1): 4 activation failed, 8 NetworkManager not running, 10 unknown. */
export class NmcliFailed extends Error {
  readonly exitCode: number | undefined;
  constructor(exitCode: number | undefined, what: string) {
    super(`nmcli ${what} ${exitCode === undefined ? 'took too long' : `ended with status ${exitCode}`}`);
    this.name = 'NmcliFailed';
    this.exitCode = exitCode;
  }
}

function joinBytes(args: readonly Argument[]): Uint8Array {
  const parts = args.map((arg) => (typeof arg === 'string' ? Buffer.from(arg) : Buffer.from(arg)));
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.of(0)]));
}
