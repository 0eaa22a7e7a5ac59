/**
 * An Anthropic Messages request → the chat that says the same. Separate from the chat's own parser, which checks what comes
 * out of here a second time; pure.
 */
import type { z } from 'zod';
import { CodedError } from '../../../errors.ts';
import type { chat, message } from '../shapes.ts';
import type { block, messages, turn } from './shapes.ts';

type RawMessages = z.infer<typeof messages>;
type RawTurn = z.infer<typeof turn>;
type RawBlock = z.infer<typeof block>;
type RawChat = z.infer<typeof chat>;
type RawMessage = z.infer<typeof message>;

/** @throws invalid_request, capability_unavailable, each with the field */
export function chatOfMessages(raw: RawMessages): RawChat {
  const system = typeof raw.system === 'string' ? raw.system : raw.system?.map(({ text }) => text).join('\n');
  return {
    model: raw.model,
    messages: [
      ...(system === undefined || system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...raw.messages.flatMap(toMessages),
    ],
    max_tokens: raw.max_tokens,
    max_completion_tokens: undefined,
    stop: raw.stop_sequences,
    stream: raw.stream,
    temperature: raw.temperature,
    top_p: raw.top_p,
    top_k: raw.top_k,
    min_p: undefined,
    seed: undefined,
    n: undefined,
    frequency_penalty: undefined,
    presence_penalty: undefined,
    top_logprobs: undefined,
    tools: raw.tools?.map(toTool),
    tool_choice: toChoice(raw.tool_choice),
    parallel_tool_calls: raw.tool_choice?.disable_parallel_tool_use !== true,
    response_format:
      raw.output_config?.format == null
        ? undefined
        : { type: 'json_schema', json_schema: { schema: raw.output_config.format.schema } },
  };
}

/** One turn may hold the results of several tools and a question besides: each is a message of a chat. */
function toMessages({ role, content }: RawTurn, at: number): RawMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  const field = `messages.${at}.content`;
  const out: RawMessage[] = [];
  let said: string[] = [];
  const flush = () => {
    if (said.length > 0) out.push({ role, content: said.join('\n') });
    said = [];
  };
  const calls: NonNullable<RawMessage['tool_calls']> = [];
  for (const [index, part] of content.entries()) {
    const name = `${field}.${index}`;
    if (part.type === 'text' && part.text !== undefined) said.push(part.text);
    else if (part.type === 'tool_result' && role === 'user') {
      flush();
      out.push(resultOf(part, name));
    } else if (part.type === 'tool_use' && role === 'assistant') calls.push(callOf(part, name));
    else if (!/^(redacted_)?thinking$/.test(part.type)) throw unreadable(name);
  }
  if (calls.length > 0)
    return [{ role: 'assistant', content: said.length > 0 ? said.join('\n') : null, tool_calls: calls }];
  flush();
  // A turn of nothing but thoughts, or of no parts at all, still stands for one.
  return out.length > 0 ? out : [{ role, content: '' }];
}

function resultOf({ tool_use_id, content }: RawBlock, field: string): RawMessage {
  if (tool_use_id === undefined) throw wrong(`${field}.tool_use_id`, 'expected the id of the call.');
  if (content == null || typeof content === 'string')
    return { role: 'tool', tool_call_id: tool_use_id, content: content ?? '' };
  const texts = content.map(({ type, text }, at) => {
    if (type !== 'text' || text === undefined) throw unreadable(`${field}.content.${at}`);
    return text;
  });
  return { role: 'tool', tool_call_id: tool_use_id, content: texts.join('\n') };
}

function callOf({ id, name, input }: RawBlock, field: string) {
  if (id === undefined || name === undefined)
    throw wrong(field, 'a use of a tool needs its `id` and its `name`.');
  return { id, type: 'function' as const, function: { name, arguments: JSON.stringify(input ?? {}) } };
}

function toTool(tool: NonNullable<RawMessages['tools']>[number], at: number) {
  if (tool.type != null && tool.type !== 'custom')
    throw new CodedError(
      'capability_unavailable',
      `tools.${at}: this machine has no tools of its own. Only tools with an \`input_schema\` can be offered.`,
      { param: `tools.${at}` },
    );
  const { name, description, input_schema: parameters } = tool;
  return { type: 'function' as const, function: { name, description, parameters } };
}

function toChoice(choice: RawMessages['tool_choice']): RawChat['tool_choice'] {
  if (choice == null) return undefined;
  if (choice.type === 'any') return 'required';
  if (choice.type !== 'tool') return choice.type;
  if (choice.name === undefined) throw wrong('tool_choice.name', 'expected the name of a tool.');
  return { type: 'function', function: { name: choice.name } };
}

function unreadable(param: string): CodedError {
  return new CodedError(
    'capability_unavailable',
    `This model reads text only; ${param} holds a part of another kind.`,
    { param },
  );
}

function wrong(param: string, detail: string): CodedError {
  return new CodedError('invalid_request', `${param}: ${detail}`, { param });
}
