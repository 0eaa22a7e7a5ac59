/** Reads an OpenAI-style event stream: bytes became text elsewhere, here text becomes events. Pure. */
import type { ChatEvent } from './types.ts';

/** Complete `data:` payloads in `buffer`, and the unfinished rest to put before the next piece. @see WHATWG HTML §9.2.6 */
export function takeEvents(buffer: string): { readonly payloads: readonly string[]; readonly rest: string } {
  const blocks = buffer.split(/\r?\n\r?\n/);
  const rest = blocks.pop() ?? '';
  const payloads = blocks
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((payload) => payload !== '');
  return { payloads, rest };
}

/** What one payload says; `[]` for payloads that say nothing to us, such as the opening role. */
export function readPayload(payload: string): readonly ChatEvent[] {
  if (payload.trim() === '[DONE]') return [{ kind: 'end' }];
  const body = parseObject(payload);
  if (body === undefined) return [];
  if (isObject(body.error)) return [readError(body.error)];
  const events: ChatEvent[] = [];
  const choices = body.choices;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (isObject(choice)) {
    const delta = choice.delta;
    const text = isObject(delta) ? delta.content : undefined;
    if (typeof text === 'string' && text !== '') events.push({ kind: 'text', text });
    const reason = choice.finish_reason;
    if (typeof reason === 'string') events.push({ kind: 'finish', reason });
  }
  const usage = body.usage;
  if (isObject(usage))
    events.push({
      kind: 'usage',
      usage: {
        promptTokens: count(usage.prompt_tokens),
        completionTokens: count(usage.completion_tokens),
      },
    });
  return events;
}

/** The native or the OpenAI-shaped error object as one event. */
export function readError(error: Readonly<Record<string, unknown>>): Extract<ChatEvent, { kind: 'error' }> {
  const inner = isObject(error.b3iq) ? error.b3iq : error;
  const pick = (...names: string[]): string => {
    for (const source of [inner, error])
      for (const name of names) {
        const value = source[name];
        if (typeof value === 'string' && value !== '') return value;
      }
    return '';
  };
  return {
    kind: 'error',
    title: pick('title', 'message'),
    detail: pick('detail', 'message'),
    code: pick('code'),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : 0;
}
