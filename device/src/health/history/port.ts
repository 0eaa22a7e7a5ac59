/** Seven days of minutes as the rest of the agent sees them. Separate so that charts and judges need no disk. */
import type { Sample } from './types.ts';

export interface History {
  /**
   * Remembers a minute in place of what lay there seven days before. Resolves when it is on disk; a disk that fails is
   * noted in the log and the minute is remembered as long as the agent runs: no answer depends on it. Never rejects.
   */
  append(sample: Sample): Promise<void>;
  /** Minutes after `afterMinute` up to and with `upToMinute`, oldest first. */
  between(afterMinute: number, upToMinute: number): readonly Sample[];
  /** The latest minute that was ever remembered and still is; undefined when there is none. */
  newestMinute(): number | undefined;
  /** Drops minutes after this one: they were written while the clock was ahead. Never rejects. */
  forgetAfter(minute: number): Promise<void>;
  close(): Promise<void>;
}
