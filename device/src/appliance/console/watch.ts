/** Keeps a screen up to date with the display file. Separate from `main.ts`, which names the real terminal. */
import { readFile } from 'node:fs/promises';
import { parseDisplay } from './display.ts';
import { drawQr, paint } from './paint.ts';
import { type LabelSecrets, planScreen } from './plan.ts';

export interface WatchOptions {
  /** `/run/b3iq/display.json`; it may not be there yet. */
  readonly path: string;
  readonly secrets: LabelSecrets | undefined;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
  /** The console may not list the folder, so that it cannot be told of changes. */
  readonly lookEveryMs?: number;
  /** The kernel writes over the screen now and then; a serial line takes half a second for one. */
  readonly repaintEveryMs?: number;
}

/** Paints at once, at each change, and now and then; resolves when told to stop. */
export async function watchDisplay(options: WatchOptions): Promise<void> {
  const { path, secrets, write, signal, lookEveryMs = 1_000, repaintEveryMs = 60_000 } = options;
  let shown: string | undefined;
  let paintedMs = 0;
  while (!signal.aborted) {
    const screen = paint(planScreen(parseDisplay(await textOf(path)), secrets, drawQr));
    const now = performance.now();
    if (screen !== shown || now - paintedMs >= repaintEveryMs) {
      write(screen);
      shown = screen;
      paintedMs = now;
    }
    await pause(lookEveryMs, signal);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return ''; // the agent has not written one yet
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
