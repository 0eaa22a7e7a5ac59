/** Answers in the shape of OpenAI's Responses, whole and event by event. Separate from chat's, with which they share nothing
 *  but what the model said. @see https://platform.openai.com/docs/api-reference/responses-streaming */
import type { ChoiceEnd, ChoiceEvent } from '../choice.ts';
import type { ReplyHead, WholeChoice } from '../reply.ts';
import type { AnswerShape, NamedEvent } from '../shaped.ts';

interface TextItem {
  readonly type: 'message';
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
  readonly role: 'assistant';
  readonly content: readonly object[];
}
interface CallItem {
  readonly type: 'function_call';
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
}
type Item = TextItem | CallItem;

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

/** @param echo  what the answer repeats of the request     @param newId  a fresh id with that beginning */
export function responsesShape(
  head: ReplyHead,
  promptTokens: number,
  echo: Readonly<Record<string, unknown>>,
  newId: (beginning: string) => string,
): AnswerShape {
  const response = (status: string, output: readonly Item[], end: ChoiceEnd | undefined): object => ({
    id: head.id,
    object: 'response',
    created_at: head.created,
    status,
    background: false,
    error: null,
    incomplete_details: end?.reason === 'length' ? { reason: 'max_output_tokens' } : null,
    model: head.model,
    output,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false, // nothing is kept
    truncation: 'disabled',
    usage: end === undefined ? null : usageOf(promptTokens, end.sampled),
    user: null,
    ...echo,
  });
  const statusOf = ({ reason }: ChoiceEnd) => (reason === 'length' ? 'incomplete' : 'completed');
  const callItem = (name: string, text: string, status: CallItem['status']): CallItem => ({
    type: 'function_call',
    id: newId('fc_'),
    call_id: newId('call_'),
    name,
    arguments: text,
    status,
  });

  return {
    whole({ text, calls }: WholeChoice, end) {
      const status = statusOf(end);
      const said: Item[] =
        text === '' && calls.length > 0
          ? []
          : [{ type: 'message', id: newId('msg_'), status, role: 'assistant', content: [part(text)] }];
      const called = calls.map((call) => callItem(call.function.name, call.function.arguments, 'completed'));
      return response(status, [...said, ...called], end);
    },
    events: (choice) => withNumbers(stream(choice)),
  };

  async function* stream(choice: AsyncIterable<ChoiceEvent>): AsyncGenerator<NamedEvent, void> {
    const output: Item[] = [];
    let open: { readonly id: string; text: string } | undefined;
    yield { type: 'response.created', response: response('in_progress', [], undefined) };
    yield { type: 'response.in_progress', response: response('in_progress', [], undefined) };
    for await (const event of choice) yield* one(event);

    function* one(event: ChoiceEvent): Generator<NamedEvent> {
      if (event.kind === 'text') {
        open ??= yield* begin();
        open.text += event.text;
        yield {
          type: 'response.output_text.delta',
          ...place(open.id),
          content_index: 0,
          delta: event.text,
          logprobs: [],
        };
      } else if (event.kind === 'call') {
        yield* close('completed');
        yield* call(event.name, event.arguments);
      } else {
        if (output.length === 0) open ??= yield* begin();
        yield* close(statusOf(event));
        const type = statusOf(event) === 'completed' ? 'response.completed' : 'response.incomplete';
        yield { type, response: response(statusOf(event), output, event) };
      }
    }
    function place(id: string) {
      return { item_id: id, output_index: output.length };
    }
    function* begin(): Generator<NamedEvent, { id: string; text: string }> {
      const id = newId('msg_');
      const item: Item = { type: 'message', id, status: 'in_progress', role: 'assistant', content: [] };
      yield { type: 'response.output_item.added', output_index: output.length, item };
      yield { type: 'response.content_part.added', ...place(id), content_index: 0, part: part('') };
      return { id, text: '' };
    }
    function* close(status: Item['status']): Generator<NamedEvent> {
      if (open === undefined) return;
      const { id, text } = open;
      open = undefined;
      yield { type: 'response.output_text.done', ...place(id), content_index: 0, text, logprobs: [] };
      yield { type: 'response.content_part.done', ...place(id), content_index: 0, part: part(text) };
      yield* done({ type: 'message', id, status, role: 'assistant', content: [part(text)] });
    }
    function* call(name: string, text: string): Generator<NamedEvent> {
      const item = callItem(name, text, 'completed');
      const added: Item = { ...item, arguments: '', status: 'in_progress' };
      yield { type: 'response.output_item.added', output_index: output.length, item: added };
      yield { type: 'response.function_call_arguments.delta', ...place(item.id), delta: text };
      yield { type: 'response.function_call_arguments.done', ...place(item.id), name, arguments: text };
      yield* done(item);
    }
    function* done(item: Item): Generator<NamedEvent> {
      yield { type: 'response.output_item.done', output_index: output.length, item };
      output.push(item);
    }
  }
}

async function* withNumbers(events: AsyncIterable<NamedEvent>): AsyncGenerator<NamedEvent, void> {
  let sequence_number = 0;
  for await (const event of events) yield { ...event, sequence_number: sequence_number++ };
}

function usageOf(input: number, output: number) {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}
