/**
 * Whether the running version is on trial, by the mark a unit leaves. Separate because the agent must know it before it
 * opens its settings, long before anybody asks about updates.
 */
import { stat } from 'node:fs/promises';
import { INSTALL_PLACES } from './places.ts';

/** A start proves itself within minutes; nobody waits for these seconds. */
const EVERY_MS = 2_000;

/** Whether the mark is there. On a Host it never is. */
export async function isOnTrial(mark: string = INSTALL_PLACES.trial): Promise<boolean> {
  return stat(mark).then(
    () => true,
    () => false, // not there
  );
}

/** Calls `proven` once the mark is gone. @returns a function that stops waiting */
export function whenProven(
  proven: () => void,
  options: { readonly mark?: string; readonly everyMs?: number } = {},
): () => void {
  let isWaiting = true;
  const stop = () => {
    isWaiting = false;
    clearInterval(timer);
  };
  const timer = setInterval(async () => {
    // A slow disk may answer several looks at once, or after the waiting has ended.
    if ((await isOnTrial(options.mark)) || !isWaiting) return;
    stop();
    proven();
  }, options.everyMs ?? EVERY_MS);
  timer.unref();
  return stop;
}
