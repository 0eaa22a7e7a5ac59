/**
 * What the endpoint reads of an inference request: the few fields that decide, and nothing else.
 * Separate and pure because the bytes come from strangers. Everything else in the body is the engine's business.
 */

import type { InferencePath } from '../engine/port.ts';
import { CodedError } from '../errors.ts';

/** Deepest nesting accepted; real requests stay under 20. */
export const MAX_DEPTH = 100;
/** Most choices of one call; OpenAI's own bound. */
const MAX_CHOICES = 128;

export interface InferenceRequest {
  readonly model: string;
  readonly isStream: boolean;
  /** The client asked for the usage chunk itself. */
  readonly wantsUsage: boolean;
  /** The client's `stream_options`, to be kept when usage is added to it. */
  readonly streamOptions: Readonly<Record<string, unknown>> | undefined;
  /** Completion tokens per choice the client asked for at most; undefined when it left that open. */
  readonly maxTokens: number | undefined;
  /** The names it used for that, as it spelt them. */
  readonly maxTokensNames: readonly string[];
  /** Independent answers: `n` (or `best_of`) × prompts. */
  readonly choices: number;
  /** Prompts or inputs in the one call, ≥ 1. */
  readonly prompts: number;
  /** `tools` is a list with something in it. */
  readonly hasTools: boolean;
  /** `response_format` asks for a JSON schema. */
  readonly hasSchema: boolean;
  readonly hasLogprobs: boolean;
  /** A message holds a picture. */
  readonly hasImages: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether `bytes` nest arrays and objects more than `limit` deep, found without building anything.
 * Text that is not JSON may give any answer; the parser refuses it afterwards.
 */
export function isDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}

/** Index of the quote that closes the string opened at `start`, or the length when nothing does. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return bytes.length;
}

/**
 * The request in `text`.
 * @param text  the body, valid UTF-8, not deeper than `MAX_DEPTH`
 * @throws invalid_json when it is no JSON object, invalid_request with the field at fault
 */
export function parseInferenceRequest(path: InferencePath, text: string): InferenceRequest {
  const body = parseObject(text);
  const { model, stream } = body;
  if (typeof model !== 'string' || model.length === 0)
    throw wrong('model', 'expected the name of a model; GET /v1/models lists them');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw wrong('stream', 'expected true or false');
  refuseFunctions(path, body);
  const prompts = countPrompts(path, body);
  const n = path === '/v1/images/generations' ? 1 : choiceCount(body, 'n');
  const isNamed = path === '/v1/responses' || path === '/v1/messages';
  if (isNamed && n !== 1) throw wrong('n', 'there is one answer to a request of this kind');
  const bestOf = path === '/v1/completions' ? choiceCount(body, 'best_of') : 1;
  const writes = WRITING.has(path);
  const streamOptions = body.stream_options;
  if (streamOptions !== undefined && streamOptions !== null && !isRecord(streamOptions))
    throw wrong('stream_options', 'expected an object');
  const format = formatOf(path, body);
  return {
    model,
    isStream: stream === true && (writes || path === '/v1/images/generations'),
    wantsUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
    streamOptions: isRecord(streamOptions) ? streamOptions : undefined,
    ...(writes ? tokenLimit(body, UNASKED_TOKENS[path]) : { maxTokens: 0, maxTokensNames: [] }),
    choices: writes ? Math.max(n, bestOf) * prompts : 0,
    prompts,
    hasTools: Array.isArray(body.tools) && body.tools.length > 0,
    hasSchema: isRecord(format) && format.type === 'json_schema',
    hasLogprobs: body.logprobs === true || (typeof body.logprobs === 'number' && body.logprobs > 0),
    hasImages: holdsImage(body.messages ?? body.input),
  };
}

/** Where each shape says how the answer is to be written. */
function formatOf(path: InferencePath, body: Readonly<Record<string, unknown>>): unknown {
  if (path === '/v1/responses') return isRecord(body.text) ? body.text.format : undefined;
  if (path === '/v1/messages') return isRecord(body.output_config) ? body.output_config.format : undefined;
  return body.response_format;
}

/** Paths whose answer is written token by token. */
const WRITING: ReadonlySet<InferencePath> = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/responses',
  '/v1/messages',
]);

/** What OpenAI had before tools; engines leave it out without a word, and the client waits for calls that never come. */
function refuseFunctions(path: InferencePath, body: Readonly<Record<string, unknown>>): void {
  if (path !== '/v1/chat/completions') return;
  if (body.functions != null)
    throw wrong(
      'functions',
      'no longer taken. Send each one in `tools`, as {"type": "function", "function": {…}}',
    );
  if (body.function_call != null) throw wrong('function_call', 'no longer taken. Send `tool_choice`');
}

/** Whether a part of any message is a picture, in whichever of the three shapes; results of tools may hold one too. */
function holdsImage(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some(
    (message) => isRecord(message) && (partsHoldImage(message.content) || partsHoldImage(message.output)),
  );
}

const IMAGE_PARTS: ReadonlySet<unknown> = new Set(['image_url', 'input_image', 'image']);

function partsHoldImage(parts: unknown, depth = 2): boolean {
  if (depth === 0 || !Array.isArray(parts)) return false;
  return parts.some(
    (part) => isRecord(part) && (IMAGE_PARTS.has(part.type) || partsHoldImage(part.content, depth - 1)),
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not the parser's own words: they quote the body.
    throw new CodedError('invalid_json', 'The body is not valid JSON. Send one UTF-8 JSON object.');
  }
  if (!isRecord(value)) throw new CodedError('invalid_json', 'The body is JSON, but not an object.');
  return value;
}

function countPrompts(path: InferencePath, body: Readonly<Record<string, unknown>>): number {
  if (path === '/v1/chat/completions' || path === '/v1/messages') {
    if (!Array.isArray(body.messages) || body.messages.length === 0)
      throw wrong('messages', 'expected a list of at least one message');
    return 1;
  }
  if (path === '/v1/images/generations') {
    if (typeof body.prompt !== 'string' || body.prompt === '') throw wrong('prompt', 'expected text');
    return 1;
  }
  const field = PROMPT_FIELDS[path] ?? 'input';
  const value = body[field];
  if (typeof value === 'string') return 1;
  if (!Array.isArray(value) || value.length === 0)
    throw wrong(field, 'expected text, or a list of texts or tokens that is not empty');
  if (path === '/v1/responses') return 1;
  return typeof value[0] === 'number' ? 1 : value.length;
}

const PROMPT_FIELDS: Partial<Record<InferencePath, string>> = {
  '/v1/completions': 'prompt',
  '/v1/rerank': 'documents',
};

function choiceCount(body: Readonly<Record<string, unknown>>, field: 'n' | 'best_of'): number {
  const value = body[field];
  if (value === undefined || value === null) return 1;
  if (!isWhole(value) || value < 1 || value > MAX_CHOICES)
    throw wrong(field, `expected a whole number from 1 to ${MAX_CHOICES}`);
  return value;
}

/** Names under which engines take a limit of tokens. Compared without case: some engines read keys that way. */
const LIMIT_NAMES = new Set(['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'n_predict']);

/**
 * Tokens of an answer when the client names no limit: a reservation must cap what would be written, not widen it.
 * @see https://platform.openai.com/docs/api-reference/completions/create (max_tokens, default 16)
 */
const UNASKED_TOKENS: Partial<Record<InferencePath, number>> = { '/v1/completions': 16 };

function tokenLimit(
  body: Readonly<Record<string, unknown>>,
  unasked: number | undefined,
): {
  maxTokens: number | undefined;
  maxTokensNames: readonly string[];
} {
  const names: string[] = [];
  let least: number | undefined;
  for (const name of Object.keys(body)) {
    if (!LIMIT_NAMES.has(name.toLowerCase())) continue;
    names.push(name);
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!isWhole(value)) throw wrong(name, 'expected a whole number');
    // A negative limit means none, as llama.cpp and its friends have it.
    if (value >= 0) least = Math.min(least ?? value, value);
  }
  return { maxTokens: names.length === 0 ? unasked : least, maxTokensNames: names };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(param: string, what: string): CodedError {
  return new CodedError('invalid_request', `${param}: ${what}.`, { param });
}
