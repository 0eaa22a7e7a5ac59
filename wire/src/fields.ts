/**
 * Schemas of the values that documents are made of. Separate so that each rule is written once and every document
 * reads like a list of its fields. Documents use zod's small build, since pages that verify carry it with them.
 */
import * as z from 'zod/mini';
import { type Counter, parseCounter } from './counter.ts';
import * as ids from './ids.ts';
import { parseTime, type Time } from './time.ts';

/** A field whose text `parse` accepts; the value keeps the exact text. */
function text<T extends string>(parse: (text: string) => T | undefined, what: string): z.ZodMiniType<T> {
  return z.custom<T>((value) => typeof value === 'string' && parse(value) !== undefined, {
    error: `expected ${what}`,
    abort: true, // later checks may then rely on every field being what it says
  });
}

export const nodeId = text(ids.parseNodeId, 'a node id');
export const receiptId = text(ids.parseReceiptId, 'a receipt id');
export const keyId = text(ids.parseKeyId, 'a key id');
export const batchId = text(ids.parseBatchId, 'a batch id');
export const grantId = text(ids.parseGrantId, 'a grant id');
export const benchmarkId = text(ids.parseBenchmarkId, 'a benchmark id');
export const modelId = text(ids.parseModelId, 'a model id');
export const claimEpoch = text(ids.parseClaimEpoch, 'a claim epoch of 32 hex characters');
export const sha256Hex = text(ids.parseSha256, '64 lower-case hex characters');
export const counter: z.ZodMiniType<Counter> = text(parseCounter, 'a decimal string below 2^64');
export const time: z.ZodMiniType<Time> = text(parseTime, 'a time such as 2026-11-22T07:54:31Z');

/** Text that is shown: 1 to `max` characters, no control or invisible formatting characters, no space at an end. */
export const label = (max: number) =>
  z.string().check(
    z.maxLength(max),
    z.regex(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u),
    z.regex(/^\S(?:.*\S)?$/su), // at least one character
  );

/** A plain whole number, `min` to `max`. */
export const whole = (max: number = Number.MAX_SAFE_INTEGER, min = 0) =>
  z.int().check(z.minimum(min), z.maximum(max));

/** Text of several lines that is shown: 1 to `max` characters, line breaks but no other control character, no space at an end. */
export const lines = (max: number) =>
  z.string().check(
    z.maxLength(max),
    z.regex(/^(?:[^\p{Cc}\p{Cf}\p{Cs}]|\n)+$/u),
    z.regex(/^\S(?:.*\S)?$/su), // at least one character
  );

/** A day such as `2031-11-30` that exists. */
export const day: z.ZodMiniType<string> = text(
  (value) => (parseTime(`${value}T00:00:00Z`) === undefined ? undefined : value),
  'a day such as 2031-11-30',
);
