/**
 * Says what a program is doing, once a second, into a file the agent reads. Separate because fetcher and root program
 * report alike, and because a program that was killed must be seen to be silent.
 */
import { rename, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { formatFile } from '../../update/parse.ts';
import type { Activity, Phase } from '../../update/types.ts';

const EVERY_MS = 1_000;
/** The rate is taken over so long: shorter jumps, longer lags. */
const WINDOW_S = 10;

export interface Reporter {
  /** What is being done from now on. */
  say(activity: Activity): Promise<void>;
  /** A phase of an installation; the answer takes the bytes done so far. */
  phase(version: number, phase: Phase, totalBytes: number): (doneBytes: number) => void;
  /** Nothing more. `handsOver`: another program goes on with it, and what was said last stands until that one speaks. */
  close(options?: { readonly handsOver?: boolean }): Promise<void>;
}

/** @param path  such as `/run/b3iq-update/report.json` */
export function fileReporter(path: string, uptimeS: () => number = uptime): Reporter {
  let activity: Activity = { kind: 'none' };
  let marks: { readonly atS: number; readonly bytes: number }[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    const before = writing.catch(() => {}); // one that failed does not end the rest
    writing = before.then(async () => {
      // Not durable: it says what happens now. Renamed, so that nobody reads half of it.
      await writeFile(`${path}.tmp`, formatFile('report', { uptimeS: uptimeS(), activity }), { mode: 0o644 });
      await rename(`${path}.tmp`, path);
    });
    return writing;
  };
  const quietly = () => void write().catch(() => {}); // a report that cannot be written stops no update
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer ??= setInterval(quietly, EVERY_MS).unref();
  };
  return {
    say(next) {
      begin();
      activity = next;
      return write().catch(() => {}); // as above
    },
    phase(version, phase, totalBytes) {
      begin();
      marks = [];
      const set = (doneBytes: number) => {
        const atS = uptimeS();
        if ((marks.at(-1)?.atS ?? Number.NEGATIVE_INFINITY) + 0.25 < atS)
          marks.push({ atS, bytes: doneBytes });
        while (marks.length > 2 && atS - (marks[0]?.atS ?? atS) > WINDOW_S) marks.shift();
        activity = {
          kind: 'installing',
          version,
          phase,
          doneBytes,
          totalBytes,
          leftS: leftS(marks, totalBytes),
        };
      };
      set(0);
      quietly();
      return set;
    },
    async close({ handsOver = false } = {}) {
      if (timer === undefined) return; // it never said anything, or has said its last
      clearInterval(timer);
      timer = undefined;
      if (!handsOver) activity = { kind: 'none' };
      await write().catch(() => {}); // as above
    },
  };
}

/** Seconds left at the rate of the marks; undefined while there is none. */
export function leftS(
  marks: readonly { readonly atS: number; readonly bytes: number }[],
  totalBytes: number,
): number | undefined {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || last.atS <= first.atS || last.bytes <= first.bytes)
    return undefined;
  const rate = (last.bytes - first.bytes) / (last.atS - first.atS);
  return Math.ceil(Math.max(0, totalBytes - last.bytes) / rate);
}
