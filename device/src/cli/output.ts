/**
 * stdout for answers, stderr for words about them, both awaited so that nothing is lost at exit.
 * Separate so that a reader who left (EPIPE, as in `… | head`) is one outcome instead of a crash in every command.
 */
import type { Writable } from 'node:stream';
import type { CliIo } from './io.ts';

/** The reader of stdout is gone. */
export class ReaderGone extends Error {}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Answers are shown to a person at a terminal. */
  readonly isTerminal: boolean;
  /** One answer with its line end. @throws ReaderGone */
  line(text: string): Promise<void>;
  /** A piece of an answer, as is. @throws ReaderGone */
  raw(text: string): Promise<void>;
  /** A document, indented for people and still one JSON value. @throws ReaderGone */
  data(value: unknown): Promise<void>;
  /** Words around the answer, to stderr; silent with --quiet or --json. */
  note(text: string): Promise<void>;
  /** A warning, to stderr, also with --quiet. */
  warn(text: string): Promise<void>;
  bold(text: string): string;
  dim(text: string): string;
}

export function openOutput(io: CliIo, flags: { readonly json: boolean; readonly quiet: boolean }): Output {
  const toStdout = writer(io.stdout);
  const toStderr = writer(io.stderr);
  // Nobody to tell when stderr is closed; the answer on stdout still counts.
  const tell = (text: string) => toStderr(`${text}\n`).catch(() => {});
  const isColour = io.isTTY.stdout && !io.env.NO_COLOR && io.env.TERM !== 'dumb' && !flags.json;
  const style = (on: number, off: number) => (text: string) =>
    isColour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    ...flags,
    isTerminal: io.isTTY.stdout,
    line: (text) => toStdout(`${text}\n`),
    raw: toStdout,
    data: (value) => toStdout(`${JSON.stringify(value, null, 2)}\n`),
    note: async (text) => {
      if (!flags.quiet && !flags.json) await tell(text);
    },
    warn: tell,
    bold: style(1, 22),
    dim: style(2, 22),
  };
}

function writer(stream: Writable): (text: string) => Promise<void> {
  let isGone = false;
  stream.on('error', () => {
    isGone = true; // the write that failed reports it
  });
  return (text) =>
    new Promise((resolve, reject) => {
      if (isGone) return reject(new ReaderGone());
      stream.write(text, (error) => (error ? reject(new ReaderGone()) : resolve()));
    });
}
