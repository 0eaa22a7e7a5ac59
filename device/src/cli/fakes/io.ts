/** Streams, an environment and a clock for running the command line inside a test. Stands in for a process. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { CliIo } from '../io.ts';

export interface FakeIo extends CliIo {
  readonly stdin: PassThrough;
  /** What has been written so far. */
  readonly written: () => { readonly stdout: string; readonly stderr: string };
  /** Ctrl-C. */
  readonly interrupt: () => void;
}

export interface FakeIoOptions {
  /** Everything on stdin, which then ends; without it a test writes to `stdin` itself. */
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
}

/** @see CliIo. Time stands at 22 November 2026, noon UTC. */
export function fakeIo({ input, env = {}, isTTY = false }: FakeIoOptions = {}): FakeIo {
  const stdin = new PassThrough();
  if (input !== undefined) stdin.end(input);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const text = { stdout: '', stderr: '' };
  stdout.setEncoding('utf8').on('data', (piece) => {
    text.stdout += piece;
  });
  stderr.setEncoding('utf8').on('data', (piece) => {
    text.stderr += piece;
  });
  const listeners = new Set<() => void>();
  return {
    stdin,
    stdout,
    stderr,
    env,
    isTTY: { stdin: isTTY, stdout: isTTY, stderr: isTTY },
    uid: process.getuid?.(),
    now: () => Date.UTC(2026, 10, 22, 12),
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    written: () => ({ ...text }),
    interrupt: () => {
      for (const listener of listeners) listener();
    },
  };
}

/** Ends the output streams and gives all that was written to them. */
export async function drained(io: FakeIo): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const ends = [io.stdout, io.stderr].map((stream) => {
    const ended = once(stream, 'end');
    stream.end();
    return ended;
  });
  await Promise.all(ends);
  return io.written();
}
