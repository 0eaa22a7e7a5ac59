/**
 * A benchmark: what a machine measured of itself with one model. Separate from a certificate, which somebody else
 * stands for: here the machine alone says how fast it is, and the document says so.
 */
import * as z from 'zod/mini';
import { payloadTypeOf } from './document.ts';
import { benchmarkId, label, nodeId, time, whole } from './fields.ts';

export const BENCHMARK_TYPE = payloadTypeOf('benchmark', 1);
/** Callers at once that a benchmark may try. */
export const MAX_BENCHMARK_STREAMS = 1_024;

const DAY_MS = 86_400_000;
/** Not negative; rounded where it is measured. */
const amount = (max: number) => z.number().check(z.minimum(0), z.maximum(max));
const tokensPerSecond = amount(100_000_000);
const ms = amount(DAY_MS);
const name = label(200);

/** Version 1, signed by the node's key when its owner takes it away. */
export const benchmark = {
  payloadType: BENCHMARK_TYPE,
  schema: z.strictObject({
    iss: nodeId,
    jti: benchmarkId,
    /** When it was signed. */
    iat: time,
    key_epoch: whole(),
    /** Nobody else has measured it. */
    self_reported: z.literal(true),
    measured_at: time,
    software: z.strictObject({ version: label(64), kind: z.enum(['host', 'appliance']) }),
    machine: z.strictObject({
      processor: z.optional(name),
      memory_bytes: whole(),
      graphics: z.array(z.strictObject({ name, memory_bytes: z.optional(whole()) })).check(z.maxLength(16)),
    }),
    model: z.strictObject({
      id: name,
      label: name,
      size_bytes: whole(),
      context_tokens: whole(16_777_216, 1),
      /** A self-test proves a path; its speed says nothing about models people use. */
      self_test: z.boolean(),
    }),
    /** Times everything was measured; each number is the median. */
    rounds: whole(100, 1),
    /** Other calls were served meanwhile, so that the machine can do more than this says. */
    disturbed: z.boolean(),
    /** Of one answer while it is written. */
    decode_tokens_per_second: tokensPerSecond,
    /** Of a long prompt while it is read. */
    prefill_tokens_per_second: tokensPerSecond,
    /** From a short question to the first piece of its answer. */
    first_token_ms: ms,
    /** Answers at once; the rate is of all of them together. */
    concurrency: z
      .array(
        z.strictObject({
          streams: whole(MAX_BENCHMARK_STREAMS, 1),
          tokens_per_second: tokensPerSecond,
          first_token_ms: ms,
        }),
      )
      .check(z.minLength(1), z.maxLength(16)),
    /** The highest seen meanwhile; left out where it cannot be read. */
    temperature_c: z.optional(amount(1_000)),
    power_w: z.optional(amount(100_000)),
  }),
} as const;

export type Benchmark = z.infer<typeof benchmark.schema>;
