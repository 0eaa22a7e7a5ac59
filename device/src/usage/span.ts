/** UTC days as people and addresses write them, and as the ledger counts them. Separate from the route, which knows no calendar. */
import { MAX_USAGE_DAYS } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { CodedError } from '../errors.ts';

const DAY_MS = 86_400_000;
/** Days shown unless told: about a month, so that the same weekday is seen more than once. */
const USUAL_DAYS = 30;

/** Days since 1970-01-01, both included; 1–MAX_USAGE_DAYS of them. */
export interface DaySpan {
  readonly firstDay: number;
  readonly lastDay: number;
}

const query = z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() });

/** @param asked  as it came; hostile      @param nowMs  Unix ms, for what is left out     @throws invalid_request */
export function parseSpan(asked: unknown, nowMs: number): DaySpan {
  const parsed = query.safeParse(asked);
  if (!parsed.success)
    throw new CodedError('invalid_request', 'Expected `from` and `to` as days such as 2026-11-22.');
  const { from, to } = parsed.data;
  const today = Math.floor(nowMs / DAY_MS);
  const lastDay = to !== undefined ? dayOf(to) : Math.max(today, from === undefined ? today : dayOf(from));
  const firstDay = from !== undefined ? dayOf(from) : lastDay - USUAL_DAYS + 1;
  const days = lastDay - firstDay + 1;
  if (days < 1 || days > MAX_USAGE_DAYS)
    throw new CodedError(
      'invalid_request',
      `Expected \`from\` not after \`to\`, and at most ${MAX_USAGE_DAYS} days from the one to the other.`,
    );
  return { firstDay, lastDay };
}

/** `2026-11-22` as days since 1970-01-01. */
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;

/** Days since 1970-01-01 as `2026-11-22`. */
export const formatDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The span in unix ms, its end not included. */
export function spanMs({ firstDay, lastDay }: DaySpan): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: firstDay * DAY_MS, toMs: (lastDay + 1) * DAY_MS };
}
