/**
 * May this call start, and with how many tokens: model, capability, the key's limits.
 * Separate from the call's own life so that each refusal has one sentence in one place.
 */
import type { Capability } from '@b3iq/wire/local-api';
import type { InferencePath, ServedModel } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import { type Reservation, reserve, secondsToMidnight, shrink } from '../keys/budget.ts';
import type { LiveKey } from '../keys/port.ts';
import { enter } from '../keys/state.ts';
import type { InferenceRequest } from './parse.ts';

const NEEDED: Readonly<Record<InferencePath, Capability>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completions',
  '/v1/embeddings': 'embeddings',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
  '/v1/rerank': 'rerank',
  '/v1/images/generations': 'images',
  '/v1/audio/transcriptions': 'transcriptions',
};

/** What would do it, to be named where nothing does. */
const PROVIDERS: Partial<Record<Capability, string>> = {
  responses: 'an engine that speaks OpenAI’s Responses',
  messages: 'an engine that speaks Anthropic’s Messages',
  vision: 'a model that reads pictures, and an engine that has its projector',
  rerank: 'a reranking model',
  images: 'an image engine such as stable-diffusion.cpp',
  transcriptions: 'a speech model such as Whisper',
};

const providerOf = (capability: Capability): string =>
  PROVIDERS[capability] ?? `a loaded model that can do "${capability}"`;

/** Whether the day's tokens of a key are spent on it. Pictures and recordings have none that could be counted beforehand:
 *  rate and concurrency bound them, and their receipts hold no tokens. */
export function isCountedInTokens(path: InferencePath): boolean {
  return path !== '/v1/images/generations' && path !== '/v1/audio/transcriptions';
}

/** @throws capability_unavailable naming what would provide it, when none of the engines does what the path is for */
export function requireAbility(path: InferencePath, models: Iterable<ServedModel>): void {
  const capability = NEEDED[path];
  for (const model of models) if (model.capabilities.includes(capability)) return;
  throw new CodedError(
    'capability_unavailable',
    `No loaded engine can do that. It would take ${providerOf(capability)}.`,
  );
}

/** @throws capability_unavailable naming what is missing */
export function requireCapabilities(
  model: ServedModel,
  path: InferencePath,
  request: InferenceRequest,
): void {
  const missing =
    lacks(model, NEEDED[path]) ??
    (request.hasTools ? lacks(model, 'tools') : undefined) ??
    (request.hasSchema ? lacks(model, 'json_schema') : undefined) ??
    (request.hasLogprobs ? lacks(model, 'logprobs') : undefined) ??
    (request.hasImages ? lacks(model, 'vision') : undefined);
  if (missing !== undefined)
    throw new CodedError(
      'capability_unavailable',
      `The model ${model.id} cannot do "${missing}". It would take ${providerOf(missing)}.`,
    );
}

/** Anthropic's shape has no answer without a bound; a count needs none. @throws invalid_request */
export function requireLimit(path: InferencePath, { maxTokens }: InferenceRequest): void {
  if (path === '/v1/messages' && maxTokens === undefined)
    throw new CodedError('invalid_request', 'max_tokens: expected the most tokens of the answer.', {
      param: 'max_tokens',
    });
}

function lacks(model: ServedModel, capability: Capability): Capability | undefined {
  return model.capabilities.includes(capability) ? undefined : capability;
}

/** @throws key_scope_denied when the key's list of models leaves this one out */
export function requireModel(key: LiveKey | undefined, model: string): void {
  if (key?.models !== undefined && !key.models.has(model))
    throw new CodedError('key_scope_denied', `This key may not use the model ${model}.`, { param: 'model' });
}

/** Takes one request of the key's rate and one of its places. Undo with `leave`.
 *  @throws rate_limit_exceeded, concurrency_exceeded */
export function enterKey(key: LiveKey, monotonicMs: number): void {
  const outcome = enter(key.meter, key.limits, monotonicMs);
  if (outcome.kind === 'too-often')
    throw new CodedError(
      'rate_limit_exceeded',
      `This key may make ${key.limits.requestsPerMinute} requests a minute. Try again in ${outcome.retryAfterS} s.`,
      { retryAfterS: outcome.retryAfterS },
    );
  if (outcome.kind === 'too-many-at-once')
    throw new CodedError(
      'concurrency_exceeded',
      `This key may have ${key.limits.concurrency} requests running at once. Wait for one to finish.`,
      { retryAfterS: 1 },
    );
}

export interface Grant {
  readonly reservation: Reservation;
  /** Completion tokens per choice; undefined where there is no completion. */
  readonly cap: number | undefined;
}

/**
 * Reserves prompt and completion of one call from the key's day. Nothing can run between check and debit.
 * @param limit  the key's tokens per day     @param promptTokens  exact
 * @throws context_length_exceeded, token_budget_exceeded
 */
export function reserveTokens(
  key: LiveKey,
  limit: number,
  model: ServedModel,
  request: InferenceRequest,
  promptTokens: number,
  nowMs: number,
): Grant {
  const { choices, prompts, maxTokens } = request;
  const room = Math.max(0, model.contextTokens - (prompts === 1 ? promptTokens : 1));
  const perChoice = choices === 0 ? 0 : Math.min(maxTokens ?? room, room);
  if (choices > 0 && room === 0)
    throw new CodedError(
      'context_length_exceeded',
      `The prompt has ${promptTokens} tokens; this model has room for ${model.contextTokens} with its answer.`,
    );
  const least = promptTokens + (perChoice === 0 ? 0 : choices);
  const outcome = reserve(key.meter.budget, limit, nowMs, least, promptTokens + choices * perChoice);
  if (outcome.kind === 'exceeded') {
    const mayFree = outcome.left + outcome.held >= least;
    const running = outcome.held > 0 ? ` ${outcome.held} more are held by requests still running.` : '';
    throw new CodedError(
      'token_budget_exceeded',
      `This key may use ${limit} tokens a day and has ${outcome.left} left; this request needs at least ${least}.${running}`,
      { retryAfterS: mayFree ? 5 : secondsToMidnight(nowMs) },
    );
  }
  if (choices === 0) return { reservation: outcome.reservation, cap: undefined };
  const cap = Math.floor((outcome.tokens - promptTokens) / choices);
  return {
    reservation: shrink(key.meter.budget, outcome.reservation, promptTokens + cap * choices),
    cap,
  };
}
