/** When to start an engine again and when to take it for stuck. Pure; separate from the states so that every number
 *  that shapes an outage stands in one place. */

/** The bounds of supervision. Tests shorten them. */
export interface SupervisionTimes {
  /** First wait after a crash, ms; doubles with each further one up to `maxDelayMs`. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** An engine that was ready this long starts the count of crashes anew. */
  readonly stableMs: number;
  /** Crashes before the first `ready` after which the owner is told that it does not work. */
  readonly loadAttempts: number;
  /** Wait between tries of an engine that failed; somebody may replace the file. */
  readonly failedDelayMs: number;
  /** Ready, but no answer to a health check for so long. */
  readonly silenceMs: number;
  /** Loading, but not one message for so long; the process must first come up on a busy machine. */
  readonly loadSilenceMs: number;
  /** Loading, alive, but without progress. */
  readonly loadStallMs: number;
  /** Working on a request, alive, but without one step of the model. A step is at most 512 prompt tokens. */
  readonly workStallMs: number;
}

export const SUPERVISION_TIMES: SupervisionTimes = {
  firstDelayMs: 500,
  maxDelayMs: 60_000,
  stableMs: 60_000,
  loadAttempts: 3,
  failedDelayMs: 300_000,
  silenceMs: 20_000,
  loadSilenceMs: 60_000,
  loadStallMs: 600_000, // a large file on a slow disk
  workStallMs: 180_000, // a large model on a slow processor
};

/** Ms to wait before start number `crashes + 1`. @param crashes  in a row, ≥ 1 */
export function planRestart(crashes: number, times: SupervisionTimes): number {
  return Math.min(times.maxDelayMs, times.firstDelayMs * 2 ** Math.min(30, crashes - 1));
}

/** What the watchdog last saw of a running engine; all times monotonic ms. */
export interface LifeSigns {
  readonly phase: 'loading' | 'ready';
  /** Last message, or last answer to a health check. */
  readonly lastSignMs: number;
  /** Last time loading moved on; only looked at while loading. */
  readonly lastProgressMs: number;
  /** How long a model at work had not finished a step, as of `lastSignMs`; 0 when idle. */
  readonly stalledMs: number;
}

/** A plain sentence when the engine must be taken for stuck, else `undefined`. */
export function planWatch(signs: LifeSigns, nowMs: number, times: SupervisionTimes): string | undefined {
  const silenceMs = signs.phase === 'loading' ? times.loadSilenceMs : times.silenceMs;
  if (nowMs - signs.lastSignMs > silenceMs) return 'The engine did not respond.';
  if (signs.phase === 'loading')
    return nowMs - signs.lastProgressMs > times.loadStallMs
      ? 'Loading the model did not move on.'
      : undefined;
  return signs.stalledMs > times.workStallMs
    ? 'The engine stood still in the middle of an answer.'
    : undefined;
}
