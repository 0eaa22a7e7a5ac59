/** The world as the command line sees it. Separate so that tests hand in streams, an environment and a clock. */
import type { Readable, Writable } from 'node:stream';

export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Numeric user id, or undefined where there is none. */
  readonly uid: number | undefined;
  /** Wall time, Unix ms. */
  readonly now: () => number;
  /** Calls `listener` at each Ctrl-C (SIGINT) instead of ending the program; returns the way to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}
