/** What is looked up now and then. Separate from daily work, whose page carries none of it. */
import type { UsageAnswer } from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/** @param from  first day, `2026-11-01`, UTC     @param to  last day, included */
export const readUsage = (from: string, to: string): Promise<Answer<UsageAnswer>> =>
  call('GET', usagePath(from, to));
/** Address of the same as a CSV file. */
export const usageCsvPath = (from: string, to: string): string => `${usagePath(from, to)}&format=csv`;

const usagePath = (from: string, to: string): string => `/api/usage?from=${from}&to=${to}`;
