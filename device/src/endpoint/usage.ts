/**
 * What an answer cost: the engine's own count where it gives one, else a count of what was seen.
 * Separate and pure: receipts and budgets rest on it, so an engine's odd JSON must never make it throw.
 */

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One event of a stream, as far as counting goes. */
export type FrameMeaning =
  | { readonly kind: 'done'; readonly usage?: Usage | undefined }
  /** The answer has begun; its prompt is counted, and nothing else yet. */
  | { readonly kind: 'began'; readonly promptTokens: number }
  /** A piece of the answer. `pieces`: choices that got something, about one token each. */
  | {
      readonly kind: 'piece';
      readonly pieces: number;
      readonly finished: boolean;
      readonly usage: Usage | undefined;
      /** Counted apart from the prompt, which an earlier event told. */
      readonly completionTokens?: number | undefined;
    }
  /** The chunk that carries usage and no choice: the one a client must have asked for. */
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** The engine says that it failed. */
  | { readonly kind: 'error' }
  | { readonly kind: 'other' };

const OTHER: FrameMeaning = { kind: 'other' };
const DONE: FrameMeaning = { kind: 'done' };

/** What a stream's event means. @param data  the event's data, undefined when it had none */
export function judgeFrame(data: string | undefined): FrameMeaning {
  if (data === undefined) return OTHER;
  if (data === '[DONE]') return DONE;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return OTHER;
  }
  if (!isRecord(value)) return OTHER;
  const usage = usageOf(value.usage);
  const { choices } = value;
  if (Array.isArray(choices) && choices.length > 0) {
    let pieces = 0;
    let finished = false;
    for (const choice of choices) {
      if (!isRecord(choice)) continue;
      if (hasContent(choice)) pieces += 1;
      if (typeof choice.finish_reason === 'string') finished = true;
    }
    return { kind: 'piece', pieces, finished, usage };
  }
  if (typeof value.type === 'string') return judgeNamed(value.type, value);
  if (usage !== undefined) return { kind: 'usage', usage };
  return isRecord(value.error) || typeof value.error === 'string' ? { kind: 'error' } : OTHER;
}

/**
 * An event of a shape that names its events: Anthropic's Messages, OpenAI's Responses.
 * @see https://docs.anthropic.com/en/api/messages-streaming
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
function judgeNamed(type: string, value: Readonly<Record<string, unknown>>): FrameMeaning {
  switch (type) {
    case 'message_start': {
      const usage = isRecord(value.message) ? usageOf(value.message.usage) : undefined;
      return usage === undefined ? OTHER : { kind: 'began', promptTokens: usage.promptTokens };
    }
    case 'message_delta': {
      const spent = isRecord(value.usage) ? value.usage.output_tokens : undefined;
      const finished = isRecord(value.delta) && typeof value.delta.stop_reason === 'string';
      // The prompt is said here too by some, and by all at the beginning.
      const usage = usageOf(value.usage);
      const completionTokens = isCount(spent) ? spent : undefined;
      return { kind: 'piece', pieces: 0, finished, usage, completionTokens };
    }
    case 'message_stop':
      return DONE;
    case 'transcript.text.done':
    case 'image_generation.completed':
      return DONE;
    case 'response.completed':
    case 'response.incomplete':
      return { kind: 'done', usage: isRecord(value.response) ? usageOf(value.response.usage) : undefined };
    case 'error':
    case 'response.failed':
      return { kind: 'error' };
    default:
      return /delta$/.test(type) ? { kind: 'piece', pieces: 1, finished: false, usage: undefined } : OTHER;
  }
}

/** Fields of a delta that are no output. */
const FORMAL = new Set(['role', 'refusal']);

function hasContent(choice: Readonly<Record<string, unknown>>): boolean {
  if (typeof choice.text === 'string') return choice.text !== '';
  const { delta } = choice;
  if (!isRecord(delta)) return false;
  for (const [name, value] of Object.entries(delta))
    if (!FORMAL.has(name) && (Array.isArray(value) ? value.length > 0 : value !== '' && value !== null))
      return true;
  return false;
}

/** Answers up to this size are parsed whole; in larger ones (embeddings) only the last `usage` is. */
const PARSE_WHOLE_BYTES = 1_048_576;
/** Bytes of a usage object at most. */
const USAGE_BYTES = 4_096;

/** Usage of an answer that is no stream; undefined when the engine gave none. @param body  its JSON bytes */
export function usageOfAnswer(body: Buffer): Usage | undefined {
  if (body.length <= PARSE_WHOLE_BYTES) {
    const value = tryParse(body.toString('utf8'));
    return isRecord(value) ? usageOf(value.usage) : undefined;
  }
  // A quote inside a JSON string is written \", so this finds only the field itself.
  const at = body.lastIndexOf('"usage":');
  if (at === -1) return undefined;
  const text = body.toString('utf8', at + 8, at + 8 + USAGE_BYTES);
  for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}', end + 1)) {
    const value = tryParse(text.slice(0, end + 1));
    if (value !== undefined) return usageOf(value);
  }
  return undefined;
}

/** Bytes of text per token, for a guess where nobody counted. */
const BYTES_PER_TOKEN = 4;

/** A guess at the tokens of `bytes` bytes of text; ≥ 1 when there is any. */
export function guessTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** A guess at the completion of an answer that is no stream: the text of its choices. */
export function guessCompletion(body: Buffer): number {
  const value = body.length <= PARSE_WHOLE_BYTES ? tryParse(body.toString('utf8')) : undefined;
  if (!isRecord(value)) return 0;
  // Messages have their parts, Responses their items, where the others have choices.
  const whole = value.content ?? value.output;
  if (Array.isArray(whole)) return guessTokens(Buffer.byteLength(textIn(whole)));
  if (!Array.isArray(value.choices)) return 0;
  let tokens = 0;
  for (const choice of value.choices) {
    if (!isRecord(choice)) continue;
    const said =
      choice.text ?? (isRecord(choice.message) ? [choice.message.content, choice.message.tool_calls] : '');
    tokens += guessTokens(Buffer.byteLength(typeof said === 'string' ? said : textIn(said)));
  }
  return tokens;
}

function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textIn).join('');
  return isRecord(value) ? JSON.stringify(value) : '';
}

function usageOf(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const prompt = value.prompt_tokens ?? inputOf(value);
  if (!isCount(prompt)) return undefined;
  const completion = value.completion_tokens ?? value.output_tokens ?? 0;
  return isCount(completion) ? { promptTokens: prompt, completionTokens: completion } : undefined;
}

/** Anthropic counts what came from a cache apart; it was read all the same. */
function inputOf(usage: Readonly<Record<string, unknown>>): unknown {
  const parts = [
    usage.input_tokens,
    usage.cache_creation_input_tokens ?? 0,
    usage.cache_read_input_tokens ?? 0,
  ];
  return parts.every(isCount) ? parts.reduce((sum, part) => sum + part, 0) : undefined;
}

/** Counts above this are nonsense, and would not fit a receipt. */
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
