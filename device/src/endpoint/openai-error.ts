/**
 * Errors in OpenAI's shape with the inner `b3iq` object, as every path under `/v1` answers them.
 * Separate and pure so that the server's own refusals, the hot path and the tests share one spelling.
 */
import { CodedError, ERRORS, type ErrorCode } from '../errors.ts';

export interface OpenAiError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
    readonly b3iq: {
      readonly status: number;
      readonly title: string;
      readonly detail: string;
      readonly code: ErrorCode;
    };
  };
}

/** OpenAI's `type` for an HTTP status (contract: Errors). */
export function typeOfStatus(status: number): string {
  if (status === 401 || status === 403) return 'authentication_error';
  if (status === 402) return 'insufficient_quota';
  if (status === 404) return 'not_found_error';
  if (status === 409) return 'conflict_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}

/** The body of an error. @param status  200–599; the code's own unless an engine's 4xx is passed on */
export function openAiError(error: CodedError, status = error.status): OpenAiError {
  const { code, detail, facts } = error;
  return {
    error: {
      message: detail,
      type: typeOfStatus(status),
      param: facts.param ?? null,
      code,
      b3iq: { status, title: ERRORS[code].title, detail, code },
    },
  };
}

/** Headers that go with the error: Retry-After in whole seconds, and whatever its facts name. */
export function errorHeaders(error: CodedError): Record<string, string> {
  const { retryAfterS, headers } = error.facts;
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...headers,
  };
}

/** Longest message of an engine that is passed on; more is a page of HTML or a stack. */
const MAX_ENGINE_MESSAGE = 2_000;

/** An engine's refusal, with its words kept, under our code. */
export interface EngineRefusal {
  readonly error: CodedError;
  /** What the client gets: the engine's own status for a 4xx, else that of the code. */
  readonly status: number;
}

/**
 * What an engine's error answer means for the client.
 * @param status  its HTTP status, 400–599     @param body  its body as text, any bytes, at most a few KiB
 */
export function judgeEngineError(status: number, body: string): EngineRefusal {
  const { message, type, param } = wordsOf(body);
  const facts = param === undefined ? {} : { param };
  if (status >= 500 || status === 401 || status === 403 || status === 407 || message === undefined) {
    const code: ErrorCode = status === 503 ? 'engine_unavailable' : 'engine_failed';
    // The words of a broken engine may hold paths or code; they help nobody outside.
    const error = new CodedError(code, `The engine answered with status ${status}. ${ERRORS[code].remedy}`);
    return { error, status: error.status };
  }
  const code = codeOf(status, `${type ?? ''} ${message}`);
  return { error: new CodedError(code, message, facts), status };
}

function codeOf(status: number, words: string): ErrorCode {
  if (/exceed_context|context_length|context (size|window|length)/i.test(words))
    return 'context_length_exceeded';
  if (status === 404) return 'capability_unavailable';
  if (status === 408) return 'engine_timeout';
  if (status === 413) return 'body_too_large';
  if (status === 415) return 'unsupported_media_type';
  if (status === 429) return 'queue_full';
  return 'invalid_request';
}

function wordsOf(body: string): { message?: string; type?: string; param?: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  const error = isRecord(value) ? (value.error ?? value) : undefined;
  if (typeof error === 'string') return { message: error.slice(0, MAX_ENGINE_MESSAGE) };
  if (!isRecord(error) || typeof error.message !== 'string') return {};
  const type = typeof error.code === 'string' ? error.code : error.type;
  return {
    message: error.message.slice(0, MAX_ENGINE_MESSAGE),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof error.param === 'string' ? { param: error.param } : {}),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
