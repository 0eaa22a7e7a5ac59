/**
 * A Responses request → the chat that says the same. Separate from the chat's own parser, which checks what comes out of here
 * a second time; pure.
 */
import type { z } from 'zod';
import { CodedError } from '../../../errors.ts';
import type { chat, message } from '../shapes.ts';
import type { inputItem, responses } from './shapes.ts';

type RawResponses = z.infer<typeof responses>;
type RawItem = z.infer<typeof inputItem>;
type RawChat = z.infer<typeof chat>;
type RawMessage = z.infer<typeof message>;
type RawCall = NonNullable<RawMessage['tool_calls']>[number];

/** @throws invalid_request, capability_unavailable, each with the field */
export function chatOfResponses(raw: RawResponses): RawChat {
  refuseMemory(raw);
  const input = typeof raw.input === 'string' ? [{ role: 'user' as const, content: raw.input }] : raw.input;
  const messages = input.reduce<RawMessage[]>((before, item, at) => append(before, item, at), []);
  if (raw.instructions != null && raw.instructions !== '')
    messages.unshift({ role: 'system', content: raw.instructions });
  if (messages.length === 0) throw wrong('input', 'expected at least one message.');
  const { tool_choice: choice } = raw;
  return {
    model: raw.model,
    messages,
    max_completion_tokens: raw.max_output_tokens,
    max_tokens: undefined,
    temperature: raw.temperature,
    top_p: raw.top_p,
    min_p: undefined,
    top_k: undefined,
    seed: undefined,
    n: undefined,
    frequency_penalty: undefined,
    presence_penalty: undefined,
    top_logprobs: undefined,
    stream: raw.stream,
    tools: raw.tools?.map(toTool),
    tool_choice:
      choice == null || typeof choice === 'string'
        ? choice
        : { type: 'function', function: { name: choice.name } },
    parallel_tool_calls: raw.parallel_tool_calls,
    response_format: toFormat(raw.text?.format),
  };
}

/** What the answer repeats of the request. */
export function echoOf(raw: RawResponses): Readonly<Record<string, unknown>> {
  return {
    instructions: raw.instructions ?? null,
    max_output_tokens: raw.max_output_tokens ?? null,
    metadata: raw.metadata ?? {},
    parallel_tool_calls: raw.parallel_tool_calls ?? true,
    temperature: raw.temperature ?? null,
    text: { format: raw.text?.format ?? { type: 'text' } },
    tool_choice: raw.tool_choice ?? 'auto',
    tools: (raw.tools ?? []).map((tool) => ({ parameters: null, strict: null, ...tool })),
    top_p: raw.top_p ?? null,
  };
}

/** Nothing of a conversation is kept, so nothing can be taken up again. */
function refuseMemory(raw: RawResponses): void {
  if (raw.previous_response_id != null)
    throw wrong('previous_response_id', 'answers are not kept here. Send the whole conversation in `input`.');
  if (raw.conversation != null)
    throw wrong('conversation', 'conversations are not kept here. Send the whole of it in `input`.');
  if (raw.background === true)
    throw wrong('background', 'answers are given at once; leave it out, or use `stream`.');
  if ((raw.top_logprobs ?? 0) > 0)
    throw wrong('top_logprobs', 'not given in this shape; /v1/chat/completions has `logprobs`.');
}

function append(before: RawMessage[], item: RawItem, at: number): RawMessage[] {
  const field = `input.${at}`;
  switch (item.type ?? 'message') {
    case 'message':
      if (item.role == null) throw wrong(`${field}.role`, 'expected a role.');
      if (item.content == null) throw wrong(`${field}.content`, 'expected text.');
      before.push({ role: item.role, content: textOf(item.content, `${field}.content`) });
      return before;
    case 'function_call': {
      if (item.call_id == null || item.name == null || item.arguments == null)
        throw wrong(field, 'a function call needs `call_id`, `name` and `arguments`.');
      const call: RawCall = {
        id: item.call_id,
        type: 'function',
        function: { name: item.name, arguments: item.arguments },
      };
      // Calls of one turn, and the text before them, are one message of a chat.
      const last = before.at(-1);
      if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), call];
      else before.push({ role: 'assistant', content: null, tool_calls: [call] });
      return before;
    }
    case 'function_call_output':
      if (item.call_id == null || item.output == null)
        throw wrong(field, 'a function’s output needs `call_id` and `output`.');
      before.push({
        role: 'tool',
        tool_call_id: item.call_id,
        content: textOf(item.output, `${field}.output`),
      });
      return before;
    case 'reasoning':
      return before; // what a model thought before is not told to it again
    default:
      throw wrong(`${field}.type`, 'expected a message, a function_call or a function_call_output.');
  }
}

function textOf(content: NonNullable<RawItem['content']>, field: string): string {
  if (typeof content === 'string') return content;
  return content
    .map(({ type, text, refusal }) => {
      const said = type === 'refusal' ? refusal : text;
      if (/^((in|out)put_)?text$|^refusal$/.test(type) && said !== undefined) return said;
      throw new CodedError(
        'capability_unavailable',
        `This model reads text only; ${field} holds a part of another kind.`,
        { param: field },
      );
    })
    .join('\n');
}

function toTool(tool: NonNullable<RawResponses['tools']>[number], at: number) {
  if (tool.type !== 'function' || tool.name === undefined)
    throw new CodedError(
      'capability_unavailable',
      `tools.${at}: this machine has no tools of its own. Only tools of the type "function", with a name, can be offered.`,
      { param: `tools.${at}` },
    );
  const { name, description, parameters } = tool;
  return { type: 'function' as const, function: { name, description, parameters } };
}

function toFormat(format: NonNullable<RawResponses['text']>['format']): RawChat['response_format'] {
  if (format?.type !== 'json_schema') return format;
  return { type: 'json_schema', json_schema: { schema: format.schema } };
}

function wrong(param: string, detail: string): CodedError {
  return new CodedError('invalid_request', `${param}: ${detail}`, { param });
}
