/** One question to the model, its answer as a stream. Separate because nothing else of the machine streams to a page. */
import { readPayload, takeEvents } from '../chat/parse.ts';
import type { ChatEvent, ChatMessage } from '../chat/types.ts';
import { type Answer, send } from './call.ts';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly max_tokens?: number;
}
export interface ChatStream {
  /** Receipt id from the header `b3iq-receipt`. */
  readonly receipt?: string;
  /** Ends without an `end` event when the connection was lost. */
  readonly events: AsyncGenerator<ChatEvent, void, undefined>;
}

/** Asks the model and streams its answer. Aborting `signal` stops the work on the machine too. */
export async function openChat(request: ChatRequest, signal: AbortSignal): Promise<Answer<ChatStream>> {
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await send('POST', '/api/playground/chat', body, signal);
  if (!(response instanceof Response)) return response;
  const receipt = response.headers.get('b3iq-receipt');
  return {
    kind: 'ok',
    value: { ...(receipt !== null && { receipt }), events: readEvents(response) },
  };
}

async function* readEvents(response: Response): AsyncGenerator<ChatEvent, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const taken = takeEvents(
        rest + (done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true })),
      );
      rest = taken.rest;
      for (const payload of taken.payloads) yield* readPayload(payload);
      if (done) return;
    }
  } catch {
    // Aborted or cut off: the generator ends with no `end` event, which the caller tells apart by its own signal.
  }
}
