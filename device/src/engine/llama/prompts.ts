/**
 * Requests → prompts in tokens, with the grammar and tool format that go with them.
 * Separate from the token loop because this is where a count is made, and a count must not need a slot.
 */
import { randomBytes } from 'node:crypto';
import { CodedError } from '../../errors.ts';
import { JSON_OBJECT_GRAMMAR, schemaGrammar, toolCallGrammar } from '../openai/grammar/grammar.ts';
import type { Prompt } from '../openai/port.ts';
import { type ToolCallFormat, toolCallFormatOf } from '../openai/tool-calls.ts';
import type { ChatRequest, InferenceRequest, PromptInput } from '../openai/types.ts';
import type { ChatTemplate } from './chat-template.ts';
import { createGuard } from './guard.ts';

/** What preparing needs of a loaded model. */
export interface PromptModel {
  readonly contextTokens: number;
  readonly vocabularySize: number;
  /** What one token can stand for at most; `Infinity` when it has no bound, as with words that are not in the vocabulary. */
  readonly longestTokenBytes: number;
  /** `undefined` when the file has no chat template. */
  readonly template: ChatTemplate | undefined;
  /** Names of the control tokens. */
  readonly controls: readonly string[];
  /** Put before every prompt that does not begin with it; `undefined` when the model wants none. */
  readonly beginning: number | undefined;
  /** Put behind every embedding input; `undefined` when the model wants none. */
  readonly ending: number | undefined;
  /** Tokens of each piece by itself, in order. Those behind the first continue a text: no vocabulary's leading blank is
   *  put before them. @throws engine_unavailable */
  tokenize(pieces: readonly string[], withControls: boolean, signal: AbortSignal): Promise<readonly number[]>;
}

/** @throws invalid_request, context_length_exceeded, capability_unavailable */
export async function preparePrompts(
  model: PromptModel,
  request: InferenceRequest,
  signal: AbortSignal,
): Promise<Prompt[]> {
  if (request.kind === 'chat') return [await prepareChat(model, request, signal)];
  const inputs = request.kind === 'completion' ? request.prompts : request.inputs;
  for (const input of inputs) if (typeof input === 'string') requireRoomFor(model, [input]);
  const prompts: Prompt[] = [];
  for (const input of inputs) {
    // Raw prompts belong to the client alone: control tokens in them are meant.
    const tokens = begin(model, await inputTokens(model, input, request.kind === 'completion', signal));
    if (request.kind === 'completion') prompts.push(fit(model, tokens, 1));
    else prompts.push(fit(model, end(model, tokens), 0));
  }
  return prompts;
}

async function prepareChat(model: PromptModel, request: ChatRequest, signal: AbortSignal): Promise<Prompt> {
  const { template } = model;
  if (template === undefined)
    throw new CodedError(
      'capability_unavailable',
      'This model has no chat template. Use /v1/completions, or load a model made for chat.',
    );
  const tools = request.toolChoice.kind === 'none' ? [] : request.tools;
  const format = tools.length > 0 ? toolFormat(template) : undefined;
  // Characters Unicode promises never to use, drawn afresh for each request: nobody can write them on purpose.
  const mark = Array.from(randomBytes(12), (byte) => String.fromCharCode(0xfdd0 + (byte & 31))).join('');
  const guard = createGuard(model.controls, mark);
  const rendered = template.render(
    request.messages.map((message) => ({ ...guard.protect(message), role: message.role })),
    guard.protect(tools),
  );
  const forced = format === undefined ? undefined : forcedCall(request, format);
  const pieces = guard.pieces(rendered + (forced === undefined ? '' : (format?.forced.before ?? '')));
  requireRoomFor(model, pieces);
  const grammar = forced ?? outputGrammar(request);
  const tokens = await model.tokenize(pieces, true, signal);
  return {
    ...fit(model, begin(model, tokens), 1),
    ...(format === undefined ? {} : { toolCalls: { format, isForced: forced !== undefined } }),
    ...(grammar === undefined ? {} : { grammar }),
  };
}

function toolFormat(template: ChatTemplate): ToolCallFormat {
  const format = toolCallFormatOf(template.source);
  if (format !== undefined) return format;
  throw new CodedError(
    'capability_unavailable',
    'This model was not made to call tools. Leave `tools` out.',
    {
      param: 'tools',
    },
  );
}

function forcedCall(request: ChatRequest, format: ToolCallFormat): string | undefined {
  const { toolChoice, tools } = request;
  if (toolChoice.kind === 'required') return toolCallGrammar(tools, format.argumentsKey, format.forced.after);
  if (toolChoice.kind !== 'named') return undefined;
  const named = tools.filter((tool) => tool.function.name === toolChoice.name);
  return toolCallGrammar(named, format.argumentsKey, format.forced.after);
}

function outputGrammar({ output }: ChatRequest): string | undefined {
  if (output.kind === 'text') return undefined;
  return output.kind === 'json' ? JSON_OBJECT_GRAMMAR : schemaGrammar(output.schema);
}

async function inputTokens(
  model: PromptModel,
  input: PromptInput,
  withControls: boolean,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (typeof input === 'string') return model.tokenize([input], withControls, signal);
  // The native engine ends the whole process over one id outside its vocabulary.
  if (input.every((token) => token < model.vocabularySize)) return input;
  throw new CodedError('invalid_request', `Expected token ids below ${model.vocabularySize}.`);
}

function begin(model: PromptModel, tokens: readonly number[]): readonly number[] {
  const { beginning } = model;
  return beginning === undefined || tokens[0] === beginning ? tokens : [beginning, ...tokens];
}

function end(model: PromptModel, tokens: readonly number[]): readonly number[] {
  const { ending } = model;
  return ending === undefined || tokens.at(-1) === ending ? tokens : [...tokens, ending];
}

/** Refuses what is too long to be tokenized at all: that is one native call, and 30 MB of text stop the engine for half a
 *  minute. @throws context_length_exceeded */
function requireRoomFor({ contextTokens, longestTokenBytes }: PromptModel, texts: readonly string[]): void {
  // UTF-16 units: never more than bytes.
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > contextTokens * longestTokenBytes)
    throw new CodedError(
      'context_length_exceeded',
      `The prompt has more than ${contextTokens} tokens; this model's context holds ${contextTokens}, answer included.`,
    );
}

function fit(model: PromptModel, tokens: readonly number[], needed: number): Prompt {
  if (tokens.length === 0)
    throw new CodedError('invalid_request', 'Expected a prompt of at least one token.');
  const room = model.contextTokens - tokens.length;
  if (room < needed)
    throw new CodedError(
      'context_length_exceeded',
      `The prompt has ${tokens.length} tokens; this model's context holds ${model.contextTokens}, answer included.`,
    );
  return { tokens, room };
}
