/** Counts presses: (series, event) → series, and what a series means once it has ended. Pure. */
import type { KeyEvent, Series, Wish } from './types.ts';

/** A series has ended when the key was left alone for so long: twice what a deliberate finger needs. */
export const PAUSE_MS = 1_500;
/** Longer is no short press. At five seconds logind switches off by itself. */
export const SHORT_MS = 1_000;
/** Exactly so many: somebody who hammers on the button has something else in mind. */
export const RESET_PRESSES = 5;

export const noSeries: Series = {
  presses: 0,
  downSinceMs: undefined,
  upSinceMs: 0,
  hasLongPress: false,
};

/** The series after an event; events that do not fit, such as a second `pressed`, change nothing. */
export function count(series: Series, event: KeyEvent): Series {
  if (event.kind === 'pressed')
    return series.downSinceMs === undefined ? { ...series, downSinceMs: event.atMs } : series;
  if (series.downSinceMs === undefined) return series;
  const isLong = event.atMs - series.downSinceMs > SHORT_MS;
  return {
    presses: series.presses + 1,
    downSinceMs: undefined,
    upSinceMs: event.atMs,
    hasLongPress: series.hasLongPress || isLong,
  };
}

/** Whether nothing more can come: the key is up and has been for the length of a pause. */
export function hasEnded(series: Series, nowMs: number): boolean {
  return series.presses > 0 && series.downSinceMs === undefined && nowMs - series.upSinceMs >= PAUSE_MS;
}

/** What an ended series asks for; `undefined` for two, three, four and more than five presses: nothing. */
export function wishOf({ presses, hasLongPress }: Series): Wish | undefined {
  if (presses === 1) return 'power-off';
  return presses === RESET_PRESSES && !hasLongPress ? 'factory-reset' : undefined;
}
