/**
 * What to do next in an installation, decided from what is here and what the far side says. Pure.
 * Separate because mixing two versions of a file, or filling the disk to its last byte, would be decided here.
 */
import type { Expected, Failure, Obstacle, Version } from './types.ts';

/** Lost at most when the power goes; a multiple of any page, and a second or two of an ordinary line. */
export const CHUNK_BYTES = 16 * 1024 * 1024;
/** The largest published models in one file are far below; an answer that says more is no model. */
export const MOST_MODEL_BYTES = 4 * 1024 ** 4;
/** Stays free whatever is fetched: settings, receipts and the log must go on. */
export const SPARE_BYTES = 512 * 1024 * 1024;
/** A part that comes wrong so often in a row is wrong at its source. */
export const CHUNK_TRIES = 3;
/** Connections in a row that bring not one byte before it is given up. */
export const FRUITLESS_TRIES = 5;

/** What the far side answered with. */
export interface Answered extends Version {
  /** Where its bytes start. */
  readonly offset: number;
}

export type AnswerPlan =
  /** Its bytes go on where ours end, after so many that are here already. */
  | { readonly kind: 'append'; readonly skipBytes: number }
  /** What is here belongs to another version: it goes, and these bytes are the beginning. */
  | { readonly kind: 'start-over' }
  /** The same, but these bytes are not the beginning. */
  | { readonly kind: 'ask-from-start' }
  | { readonly kind: 'stop'; readonly failure: Failure };

/**
 * @param haveBytes  that are here @param known  the version they are of
 * Bytes of which nothing can be said go on only when each part, or the whole, is proven by a hash known before.
 */
export function planAnswer(
  haveBytes: number,
  known: Version | undefined,
  expected: Expected,
  answered: Answered,
): AnswerPlan {
  const { totalBytes, offset } = answered;
  if (totalBytes < 1 || totalBytes > MOST_MODEL_BYTES)
    return stop(totalBytes < 1 ? 'not-a-model' : 'too-large');
  if (expected.sizeBytes !== undefined && expected.sizeBytes !== totalBytes) return stop('other-size');
  if (offset > haveBytes) return { kind: 'ask-from-start' };
  const isSame = haveBytes === 0 || isSameVersion(known, expected, answered);
  if (isSame) return { kind: 'append', skipBytes: haveBytes - offset };
  return { kind: offset === 0 ? 'start-over' : 'ask-from-start' };
}

function isSameVersion(known: Version | undefined, expected: Expected, now: Version): boolean {
  if (known?.totalBytes !== now.totalBytes) return false;
  if (expected.chunkSha256 !== undefined) return true; // each part proves itself
  if (known.validator !== undefined || now.validator !== undefined) return known.validator === now.validator;
  return expected.sha256 !== undefined; // the whole will tell
}

const stop = (obstacle: Obstacle): AnswerPlan => ({ kind: 'stop', failure: { obstacle } });

/** Whether the rest fits. @param freeBytes  an ordinary user may still write @returns bytes that are missing, 0 when none */
export function missingRoom(restBytes: number, freeBytes: number): number {
  return Math.max(0, restBytes + SPARE_BYTES - freeBytes);
}

/** @param fruitless  connections in a row that brought nothing, ≥ 0 @returns ms; together a minute and a half */
export const pauseAfter = (fruitless: number): number => 3_000 * 2 ** Math.min(fruitless, 5);

/** Whether what is here is of no further use. */
export function isLost(obstacle: Obstacle): boolean {
  switch (obstacle) {
    case 'not-a-model':
    case 'wrong-hash':
    case 'other-size':
    case 'no-length':
    case 'too-large':
      return true;
    case 'no-connection':
    case 'interrupted':
    case 'source-refused':
    case 'stick-gone':
    case 'no-space':
    case 'disk-failed':
    case 'bad-chunk':
      return false;
  }
}
