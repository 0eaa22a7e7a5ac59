/** What leaves this machine by itself, in plain sentences. Separate and pure: each page that speaks of it says the same. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import { leaving as text } from '../strings/en.json';
import { fill } from '../text.ts';

type Told = Pick<StatusAnswer, 'models' | 'counts_to'>;

/** One line for a frame or a lead; undefined when nothing leaves. */
export function leavingLine(status: Told): string | undefined {
  const sentences = [
    ...(computersOf(status).length > 0 ? [text.prompts] : []),
    ...(status.counts_to === null ? [] : [countsLine(status.counts_to)]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

/** Who gets counts. @param host  as the machine tells it */
export const countsLine = (host: string): string => fill(text.counts, { host });

/** All of it, point by point; empty when nothing leaves. */
export function leavingPoints(status: Told): readonly string[] {
  return [
    ...computersOf(status).map((computer) => fill(text.prompts_to, { computer })),
    ...(status.counts_to === null ? [] : [fill(text.counts_to, { host: status.counts_to })]),
  ];
}

function computersOf({ models }: Told): readonly string[] {
  return [...new Set(models.flatMap(({ elsewhere }) => elsewhere ?? []))];
}
