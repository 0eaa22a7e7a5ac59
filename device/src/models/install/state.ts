/**
 * An installation's life: what its owner, the queue and the transfer do to it, and its rate. Pure.
 * Separate so that what a verb does in each phase is one table, and time is a number.
 */
import { isLost } from './plan.ts';
import type { Failure, InstallRecord, Phase } from './types.ts';

export type Verb = 'pause' | 'resume' | 'cancel';

/** Whether `verb` means something in `phase`; else the same request again changes nothing or is refused. */
export function allows(phase: Phase, verb: Verb): boolean {
  switch (verb) {
    case 'pause':
      return phase !== 'paused' && phase !== 'failed';
    case 'resume':
      return phase === 'paused' || phase === 'failed';
    case 'cancel':
      return true;
  }
}

export const paused = (record: InstallRecord): InstallRecord => ({
  ...record,
  wanted: 'paused',
  failure: undefined,
});
export const running = (record: InstallRecord): InstallRecord => ({
  ...record,
  wanted: 'run',
  failure: undefined,
});
/** What is of no further use is forgotten with the version it was of. */
export function failed(record: InstallRecord, failure: Failure): InstallRecord {
  const version = isLost(failure.obstacle) ? undefined : record.version;
  return { ...record, wanted: 'failed', failure, version };
}

/** What an installation does when nothing works on it. */
export const restingPhase = ({ wanted }: InstallRecord): Phase => (wanted === 'run' ? 'waiting' : wanted);

/** Bytes that were here at a moment, monotonic ms; oldest first. */
export interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}
/** Long enough to be calm, short enough to follow a line that changes. */
const WINDOW_MS = 10_000;
const LEAST_MS = 1_000;

/** The samples to keep once `sample` has come: one older than the window, so that it is always covered. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.bytes < last.bytes) return [sample]; // started over
  if (last !== undefined && sample.atMs - last.atMs < 250 && samples.length > 1)
    return [...samples.slice(0, -1), { atMs: last.atMs, bytes: sample.bytes }];
  const firstInside = samples.findIndex(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
  const kept = firstInside < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstInside - 1));
  return [...kept, sample];
}

/** Bytes per second at `nowMs`; undefined in the first second. A line that stands still shows. */
export function rateOf(samples: readonly Sample[], nowMs: number): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const spanMs = nowMs - first.atMs;
  return spanMs < LEAST_MS ? undefined : Math.round(((last.bytes - first.bytes) * 1_000) / spanMs);
}

/** Whole seconds, at least 1; undefined when it cannot be told. */
export function secondsLeft(restBytes: number, bytesPerSecond: number | undefined): number | undefined {
  return bytesPerSecond === undefined || bytesPerSecond <= 0
    ? undefined
    : Math.max(1, Math.ceil(restBytes / bytesPerSecond));
}
