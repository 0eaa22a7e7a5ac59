/**
 * Request JSON → one of three request types, or one clear `invalid_request` that names the field.
 * Separate because it is the only place that reads what a client wrote. `null` counts as absent and unknown fields
 * are ignored, as OpenAI's own clients expect.
 */
import type { z } from 'zod';
import { CodedError } from '../../errors.ts';
import type { InferencePath } from '../port.ts';
import { chatOfMessages } from './messages/parse.ts';
import { messages } from './messages/shapes.ts';
import { chatOfResponses, echoOf } from './responses/parse.ts';
import { responses } from './responses/shapes.ts';
import { chat, completion, type content, embedding, type generation, type message } from './shapes.ts';
import type {
  ChatMessage,
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  InferenceRequest,
  OutputFormat,
  PromptInput,
  Sampling,
  Tool,
  ToolChoice,
} from './types.ts';

/** Arrays and objects inside one another; deeper bodies only serve to exhaust stacks. */
export const MAX_DEPTH = 100;

/**
 * @param path  which shape
 * @param body  UTF-8 JSON as it came
 * @throws invalid_json, body_too_deep, invalid_request (with `param`)
 */
export function parseRequest(path: InferencePath, body: Uint8Array): InferenceRequest {
  const json = parseJson(body);
  switch (path) {
    case '/v1/chat/completions':
      return toChat(check(chat, json));
    case '/v1/completions':
      return toCompletion(check(completion, json));
    case '/v1/embeddings':
      return toEmbedding(check(embedding, json));
    case '/v1/responses': {
      const raw = check(responses, json);
      return { ...toChat(chatOfResponses(raw)), echo: echoOf(raw) };
    }
    case '/v1/messages':
      return toChat(chatOfMessages(check(messages, json)));
    default:
      throw new CodedError('capability_unavailable', 'This engine does not do that.');
  }
}

/** UTF-8 JSON object of bounded depth. @throws invalid_json, body_too_deep */
export function parseJson(body: Uint8Array): unknown {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new CodedError('invalid_json', 'Expected one UTF-8 JSON object.');
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw new CodedError('invalid_json', 'Expected one UTF-8 JSON object.');
  if (!isShallow(json))
    throw new CodedError('body_too_deep', `Expected at most ${MAX_DEPTH} levels of nesting.`);
  return json;
}

/** Level by level instead of by recursion, which is what a deep body would break. */
function isShallow(root: object): boolean {
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    const next: object[] = [];
    for (const item of level)
      for (const value of Object.values(item))
        if (value !== null && typeof value === 'object') next.push(value);
    level = next;
  }
  return true;
}

function check<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  const param = issue.path.map(String).join('.') || 'body';
  throw new CodedError('invalid_request', `${param}: ${issue.message}.`, { param });
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };
/** Of a union's complaints, the one that came furthest: it is about the shape the client meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): Issue {
  const [first] = issues;
  if (first === undefined) return { path: [], message: 'Invalid input' };
  if (first.code !== 'invalid_union') return first;
  const inner = first.errors
    .filter((branch) => branch.length > 0)
    .map(deepest)
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0) return first;
  return { path: [...first.path, ...inner.path], message: inner.message };
}

const refuse = (param: string, detail: string): CodedError =>
  new CodedError('invalid_request', `${param}: ${detail}`, { param });

type RawGeneration = z.infer<z.ZodObject<typeof generation>>;
function toGeneration(raw: RawGeneration) {
  const sampling: Sampling = {
    ...(raw.temperature === undefined ? {} : { temperature: raw.temperature }),
    ...(raw.top_p === undefined ? {} : { topP: raw.top_p }),
    ...(raw.min_p === undefined ? {} : { minP: raw.min_p }),
    ...(raw.top_k === undefined ? {} : { topK: Math.max(0, raw.top_k) }),
    // Any 53-bit integer is a seed for the client; the engine's generator takes 32 bits.
    ...(raw.seed === undefined ? {} : { seed: raw.seed >>> 0 }),
    frequencyPenalty: raw.frequency_penalty ?? 0,
    presencePenalty: raw.presence_penalty ?? 0,
    logitBias: new Map(Object.entries(raw.logit_bias ?? {}).map(([id, bias]) => [Number(id), bias])),
  };
  return {
    model: raw.model ?? undefined,
    sampling,
    stop: typeof raw.stop === 'string' ? [raw.stop] : (raw.stop ?? []),
    n: raw.n ?? 1,
    stream: raw.stream ?? false,
    includeUsage: raw.stream_options?.include_usage ?? false,
  };
}

function toChat(raw: z.infer<typeof chat>): ChatRequest {
  const tools = (raw.tools ?? []).map(
    (entry): Tool => ({
      type: 'function',
      function: {
        name: entry.function.name,
        ...(entry.function.description ? { description: entry.function.description } : {}),
        ...(entry.function.parameters ? { parameters: entry.function.parameters } : {}),
      },
    }),
  );
  const toolChoice = toToolChoice(raw.tool_choice ?? undefined, tools);
  const output = toOutput(raw.response_format ?? undefined);
  if (output.kind !== 'text' && (toolChoice.kind === 'required' || toolChoice.kind === 'named'))
    throw refuse('response_format', 'a forced tool call and a JSON answer exclude one another.');
  if (raw.top_logprobs !== undefined && raw.logprobs !== true)
    throw refuse('top_logprobs', 'needs `logprobs: true`.');
  return {
    kind: 'chat',
    ...toGeneration(raw),
    maxTokens: raw.max_completion_tokens ?? raw.max_tokens,
    topLogprobs: raw.logprobs === true ? (raw.top_logprobs ?? 0) : undefined,
    messages: raw.messages.map(toMessage),
    tools,
    toolChoice,
    parallelToolCalls: raw.parallel_tool_calls ?? true,
    output,
  };
}

function toMessage(raw: z.infer<typeof message>, index: number): ChatMessage {
  const calls = raw.tool_calls ?? [];
  if (calls.length > 0 && raw.role !== 'assistant')
    throw refuse(`messages.${index}.tool_calls`, 'only an assistant calls tools.');
  if (raw.content == null && !(raw.role === 'assistant' && calls.length > 0))
    throw refuse(`messages.${index}.content`, 'expected text.');
  return {
    role: raw.role,
    content: toText(raw.content ?? '', index),
    ...(raw.name == null ? {} : { name: raw.name }),
    ...(raw.tool_call_id == null ? {} : { tool_call_id: raw.tool_call_id }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: 'function' as const,
            function: { name: call.function.name, arguments: toArguments(call.function.arguments) },
          })),
        }),
  };
}

function toText(value: z.infer<typeof content>, index: number): string {
  if (typeof value === 'string') return value;
  return value
    .map((part) => {
      if (part.type === 'text' && part.text !== undefined) return part.text;
      throw new CodedError(
        'capability_unavailable',
        `This model reads text only; messages.${index}.content holds a part of another kind.`,
        { param: `messages.${index}.content` },
      );
    })
    .join('\n');
}

/** Templates expect an object where OpenAI sends its text. */
function toArguments(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && isShallow(value))
      return value;
  } catch {
    // A model once wrote it; whatever it was, it is passed on as text.
  }
  return text;
}

function toToolChoice(raw: z.infer<typeof chat>['tool_choice'], tools: readonly Tool[]): ToolChoice {
  if (raw == null) return { kind: tools.length > 0 ? 'auto' : 'none' };
  if (raw === 'none') return { kind: 'none' };
  if (tools.length === 0) throw refuse('tool_choice', 'needs `tools`.');
  if (typeof raw === 'string') return { kind: raw };
  const { name } = raw.function;
  if (!tools.some((entry) => entry.function.name === name))
    throw refuse('tool_choice', 'names a function that is not in `tools`.');
  return { kind: 'named', name };
}

function toOutput(raw: z.infer<typeof chat>['response_format']): OutputFormat {
  if (raw == null || raw.type === 'text') return { kind: 'text' };
  if (raw.type === 'json_object') return { kind: 'json' };
  return { kind: 'schema', schema: raw.json_schema.schema };
}

function toCompletion(raw: z.infer<typeof completion>): CompletionRequest {
  if (raw.echo) throw refuse('echo', 'this engine does not repeat the prompt; leave it out.');
  if (raw.suffix) throw refuse('suffix', 'this engine does not fill in the middle; leave it out.');
  if (raw.best_of !== undefined && raw.best_of !== (raw.n ?? 1))
    throw refuse('best_of', 'expected the same as `n`.');
  return {
    kind: 'completion',
    ...toGeneration(raw),
    maxTokens: raw.max_tokens ?? 16, // OpenAI's documented default of this path
    topLogprobs: raw.logprobs,
    prompts: toInputs(raw.prompt),
  };
}

function toEmbedding(raw: z.infer<typeof embedding>): EmbeddingRequest {
  if (raw.dimensions != null) throw refuse('dimensions', 'this model has one fixed size; leave it out.');
  return {
    kind: 'embedding',
    model: raw.model ?? undefined,
    inputs: toInputs(raw.input),
    encoding: raw.encoding_format ?? 'float',
  };
}

function toInputs(raw: string | number[] | (string | number[])[]): PromptInput[] {
  if (typeof raw === 'string') return [raw];
  return raw.every((part): part is number => typeof part === 'number')
    ? [raw]
    : raw.filter((part) => typeof part !== 'number');
}
