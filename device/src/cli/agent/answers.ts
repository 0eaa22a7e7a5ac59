/**
 * The agent's answers as far as they are used here, checked lightly: enough that nothing below meets a surprise,
 * loose enough that a newer agent may say more. Shapes: `wire/src/local-api.ts`.
 */
import {
  BENCHMARK_STEPS,
  ENGINE_STATES,
  INSTALL_PHASES,
  NODE_STATES,
  RECEIPT_STATUSES,
} from '@b3iq/wire/local-api';
import { z } from 'zod';

const words = z.string().max(4096);
const number = z.number();
const moment = z.string().max(64);

export const model = z.looseObject({
  id: words,
  label: words,
  self_test: z.boolean(),
  context_tokens: number,
  size_bytes: number,
  state: z.enum(ENGINE_STATES),
  reason: words.optional(),
  capabilities: z.array(words),
});
export const modelsAnswer = z.looseObject({ models: z.array(model) });

export const modelInstall = z.looseObject({
  id: words.min(1),
  model: words,
  phase: z.enum(INSTALL_PHASES),
  done_bytes: number,
  total_bytes: number.nullable(),
  bytes_per_second: number.nullable(),
  seconds_left: number.nullable(),
  message: words.nullable(),
  is_pinned: z.boolean(),
});
export type Install = z.infer<typeof modelInstall>;
export const libraryAnswer = z.looseObject({
  installed: z.array(
    z.looseObject({
      id: words,
      sha256: words.min(1),
      size_bytes: number,
      pinned_by: words,
      in_use: z.boolean(),
      context_tokens: number.nullable(),
      fit: z
        .looseObject({ kind: z.enum(['comfortable', 'tight', 'does-not-fit', 'unknown']), reason: words })
        .nullable(),
      refused: words.nullable(),
      served: z.looseObject({ state: words, reason: words.nullable(), context_tokens: number }).nullable(),
      not_served: words.nullable(),
    }),
  ),
  installs: z.array(modelInstall),
  disk_free_bytes: number,
});
export const catalogueAnswer = z.looseObject({
  models: z.array(
    z.looseObject({
      id: words,
      size_bytes: number.nullable(),
      license: words.nullable(),
      state: words,
      fit: z.looseObject({
        kind: z.enum(['comfortable', 'tight', 'does-not-fit', 'unknown']),
        reason: words,
      }),
    }),
  ),
});
export type Library = z.infer<typeof libraryAnswer>;
export const engineSummary = z.looseObject({
  name: words,
  kind: words,
  url: words.nullable(),
  has_key: z.boolean(),
  state: z.enum(ENGINE_STATES),
  reason: words.nullable(),
  models: z.array(words),
  counts_prompts: z.boolean(),
});
export const enginesAnswer = z.looseObject({
  engines: z.array(engineSummary),
  offered: z.array(z.looseObject({ kind: words, url: words, models: z.array(words) })),
});

export const statusAnswer = z.looseObject({
  name: words,
  node_id: words,
  version: words,
  state: z.enum(NODE_STATES),
  owner: words.nullable(),
  uptime_s: number,
  endpoint: words,
  models: z.array(model),
  active_requests: number,
  queued_requests: number,
  receipts_total: number,
  last_receipt_at: moment.nullable(),
  keys_active: number,
  recent_speeds: z.array(number),
  memory_used_bytes: number,
  memory_total_bytes: number,
  hardware: z.looseObject({
    passed: z.boolean(),
    checks: z.array(z.looseObject({ ok: z.boolean(), label: words, value: words, advice: words.optional() })),
  }),
  notice: words.nullable(),
  name_clash: z.boolean(),
  counts_to: words.nullable(),
  alerts_open: number,
});
export type Status = z.infer<typeof statusAnswer>;

/** `POST /api/session/recovery-link`. */
export const recoveryLinkAnswer = z.looseObject({ url: z.string().max(512) });
export const setupTokenAnswer = z.looseObject({
  token: words.min(1),
  url: words.min(1),
  expires_in_s: number,
});

export const claimAnswer = z.looseObject({
  owner: z.looseObject({ name: words }),
  recovery_code: words.min(1),
});

export const localKey = z.looseObject({
  id: words.min(1),
  name: words,
  hint: words,
  scopes: z.array(words),
  models: z.array(words).nullable(),
  requests_per_minute: number.nullable(),
  tokens_per_day: number.nullable(),
  concurrency: number.nullable(),
  priority: words.default('normal'),
  expires_at: moment.nullable(),
  last_used_at: moment.nullable(),
  revoked_at: moment.nullable(),
  tokens_today: number,
});
export type Key = z.infer<typeof localKey>;
export const keysAnswer = z.looseObject({ keys: z.array(localKey) });
export const newKeyAnswer = z.looseObject({ key: localKey, secret: words.min(1) });

export const originsAnswer = z.looseObject({ origins: z.array(words) });

export const receiptsAnswer = z.looseObject({
  receipts: z.array(
    z.looseObject({
      id: words.min(1),
      seq: number,
      at: moment,
      endpoint: words,
      model: words,
      caller: words,
      status: z.enum(RECEIPT_STATUSES),
      prompt_tokens: number,
      completion_tokens: number,
      token_source: words,
      duration_ms: number,
    }),
  ),
  total: number,
  next_before: number.nullable(),
  /** An agent of before this was there does not say it. */
  damaged: z.boolean().optional(),
});

export const receiptProof = z.looseObject({
  receipt: z.string(),
  leaf: words,
  path: z.array(z.looseObject({ hash: words, left: z.boolean() })).max(64),
  batch: z.unknown(),
  public_key: words,
});

export const verifyAnswer = z.looseObject({
  ok: z.boolean(),
  receipts: number,
  batches: number,
  head: words.nullable(),
  first_break: z.looseObject({ seq: number, reason: words }).nullable(),
});

export const setAsideAnswer = z.looseObject({ kept_as: words });

/** Names from `GET /v1/models`. */
export const openaiModels = z.looseObject({ data: z.array(z.looseObject({ id: words })) });

/** A whole chat completion, and one chunk of a streamed one. */
export const completion = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullish() }) })).min(1),
});
export const completionChunk = z.looseObject({
  choices: z.array(
    z.looseObject({
      delta: z.looseObject({ content: z.string().nullish() }).nullish(),
      finish_reason: words.nullish(),
    }),
  ),
  usage: z.looseObject({ prompt_tokens: number, completion_tokens: number }).nullish(),
});

export const usageAnswer = z.looseObject({
  from: moment,
  to: moment,
  rows: z.array(
    z.looseObject({
      day: moment,
      caller: words,
      key_name: words.nullable(),
      model: words,
      calls: number,
      failed_calls: number,
      prompt_tokens: number,
      completion_tokens: number,
    }),
  ),
});

export const bundleContents = z.looseObject({
  files: z.array(z.looseObject({ path: words, holds: words })),
  never: z.array(words),
});

export const grant = z.looseObject({
  id: words,
  name: words,
  hint: words,
  state: z.enum(['live', 'expired', 'revoked']),
  created_at: moment,
  expires_at: moment,
  last_used_at: moment.nullable(),
});
export const grantsAnswer = z.looseObject({ grants: z.array(grant) });
export const newGrantAnswer = z.looseObject({ grant, token: words.min(1), document: z.unknown() });
const benchmarkRun = z.looseObject({
  id: words.min(1),
  at: moment,
  model: words,
  label: words,
  self_test: z.boolean(),
  disturbed: z.boolean(),
  decode_tokens_per_second: number,
  prefill_tokens_per_second: number,
  first_token_ms: number,
  concurrency: z.array(z.looseObject({ streams: number, tokens_per_second: number, first_token_ms: number })),
  sentences: z.array(words),
});
/** `GET /api/benchmark`, and what starting and stopping answer. */
export const benchmarkAnswer = z.looseObject({
  progress: z
    .looseObject({
      label: words,
      step: z.enum(BENCHMARK_STEPS),
      streams: number,
      done: number,
      total: number,
      seconds_left: number.nullable(),
    })
    .nullable(),
  problem: words.nullable(),
  runs: z.array(benchmarkRun),
});
export type Benchmarks = z.infer<typeof benchmarkAnswer>;
/** A signed document, passed on as it is. */
export const envelope = z.looseObject({
  payload: z.string(),
  payloadType: words,
  signatures: z.array(z.unknown()),
});
