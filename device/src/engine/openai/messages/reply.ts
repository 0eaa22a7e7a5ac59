/** Answers in the shape of Anthropic's Messages, whole and event by event. Separate from chat's, with which they share nothing
 *  but what the model said. @see https://docs.anthropic.com/en/api/messages-streaming */
import type { ChoiceEnd, ChoiceEvent } from '../choice.ts';
import type { ReplyHead, WholeChoice } from '../reply.ts';
import type { AnswerShape, NamedEvent } from '../shaped.ts';

/** @param newId  a fresh id with that beginning */
export function messagesShape(
  head: ReplyHead,
  promptTokens: number,
  newId: (beginning: string) => string,
): AnswerShape {
  const message = (content: readonly object[], end: ChoiceEnd | undefined): object => ({
    id: head.id,
    type: 'message',
    role: 'assistant',
    model: head.model,
    content,
    ...(end === undefined ? { stop_reason: null, stop_sequence: null } : stopOf(end)),
    usage: usageOf(promptTokens, end?.sampled ?? 0),
  });
  return {
    whole({ text, calls }: WholeChoice, end) {
      const said = text === '' ? [] : [{ type: 'text', text }];
      const called = calls.map((call) => ({
        type: 'tool_use',
        id: newId('toolu_'),
        name: call.function.name,
        input: inputOf(call.function.arguments),
      }));
      return message([...said, ...called], end);
    },
    async *events(choice) {
      let index = 0;
      let isTextOpen = false;
      yield { type: 'message_start', message: message([], undefined) };
      for await (const event of choice) yield* one(event);

      function* one(event: ChoiceEvent): Generator<NamedEvent> {
        if (event.kind === 'text') {
          if (!isTextOpen)
            yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
          isTextOpen = true;
          yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text: event.text } };
          return;
        }
        if (isTextOpen) yield { type: 'content_block_stop', index: index++ };
        isTextOpen = false;
        if (event.kind === 'call') {
          const block = { type: 'tool_use', id: newId('toolu_'), name: event.name, input: {} };
          const delta = { type: 'input_json_delta', partial_json: event.arguments };
          yield { type: 'content_block_start', index, content_block: block };
          yield { type: 'content_block_delta', index, delta };
          yield { type: 'content_block_stop', index: index++ };
        } else {
          const usage = usageOf(promptTokens, event.sampled);
          yield { type: 'message_delta', delta: stopOf(event), usage };
          yield { type: 'message_stop' };
        }
      }
    },
  };
}

function stopOf({ reason, stoppedBy }: ChoiceEnd) {
  if (stoppedBy !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: stoppedBy };
  const names = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const;
  return { stop_reason: names[reason], stop_sequence: null };
}

/** Arguments as the object the shape asks for; what was cut off before it became one is not repeated. */
function inputOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function usageOf(input: number, output: number) {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  };
}
