import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChoiceEvent, followChoice } from './choice.ts';
import { parseRequest } from './parse.ts';
import type { Prompt, SampledToken } from './port.ts';
import { toolCallFormatOf } from './tool-calls.ts';
import type { ChatRequest } from './types.ts';

function chat(more: object = {}): ChatRequest {
  const body = { messages: [{ role: 'user', content: 'x' }], ...more };
  const request = parseRequest('/v1/chat/completions', new TextEncoder().encode(JSON.stringify(body)));
  if (request.kind !== 'chat') throw new Error('expected a chat');
  return request;
}
const PROMPT: Prompt = { tokens: [1, 2, 3], room: 1000 };

async function* tokens(pieces: readonly Uint8Array[], ends = true): AsyncGenerator<SampledToken> {
  for (const [at, bytes] of pieces.entries()) yield { bytes, isEnd: false, logprob: -at, top: [] };
  if (ends) yield { bytes: new Uint8Array(0), isEnd: true, logprob: -99, top: [] };
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
async function collect(request: ChatRequest, pieces: readonly Uint8Array[], prompt = PROMPT, ends = true) {
  const events: ChoiceEvent[] = [];
  for await (const event of followChoice(request, prompt, tokens(pieces, ends))) events.push(event);
  const end = events.at(-1);
  if (end?.kind !== 'end') throw new Error('no end');
  const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  return { events, end, text };
}

test('characters cut between tokens come out whole, never as replacement characters', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
      async (text, sizes) => {
        const bytes = utf8(text);
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value;
          pieces.push(bytes.slice(at, at + size));
          at += size;
        }
        const { text: out, events } = await collect(chat(), pieces);
        expect(out).toBe(text);
        for (const event of events) if (event.kind === 'text') expect(event.text).not.toContain('\ufffd');
      },
    ),
  );
});

test('an answer that ends inside a character leaves the half away', async () => {
  const { text, end } = await collect(chat({ max_tokens: 2 }), [utf8('a'), utf8('€').slice(0, 2), utf8('b')]);
  expect({ text, reason: end.reason, sampled: end.sampled }).toEqual({
    text: 'a',
    reason: 'length',
    sampled: 2,
  });
});

test('the ending token counts, and the reason is stop', async () => {
  expect((await collect(chat(), [utf8('a'), utf8('b')])).end).toMatchObject({ reason: 'stop', sampled: 3 });
  expect((await collect(chat({ max_tokens: 2 }), [utf8('a'), utf8('b')])).end).toMatchObject({
    reason: 'length',
    sampled: 2,
  });
  expect((await collect(chat(), [utf8('a')], { ...PROMPT, room: 1 })).end).toMatchObject({
    reason: 'length',
    sampled: 1,
  });
  expect((await collect(chat(), [utf8('a')], PROMPT, false)).end).toMatchObject({
    reason: 'length',
    sampled: 1,
  });
});

test('a stop text over three tokens ends the answer, and its probabilities stay behind with it', async () => {
  const request = chat({ stop: '\n\nEnd', logprobs: true });
  const { text, end, events } = await collect(request, ['one', ' two\n', '\n', 'Ending'].map(utf8));
  expect(text).toBe('one two');
  expect(end).toMatchObject({ reason: 'stop', sampled: 4, logprobs: [] });
  const entries = events.flatMap((event) => (event.kind === 'text' ? event.logprobs : []));
  expect(entries.map((entry) => entry.logprob)).toEqual([-0, -1]);
});

test('held text comes out at the end when it became no stop text', async () => {
  const { text, end } = await collect(chat({ stop: ['abc'], logprobs: true }), [utf8('xab')]);
  expect(text).toBe('xab');
  expect(end.logprobs).toEqual([]);
});

const format = toolCallFormatOf('tools <tool_call>');
const TOOLS = { tools: [{ type: 'function', function: { name: 'clock' } }] };
const toolPrompt: Prompt = { ...PROMPT, ...(format ? { toolCalls: { format, isForced: false } } : {}) };
const CALL = '<tool_call>{"name":"clock","arguments":{}}</tool_call>';

test('tool calls are their own events, and the reason says so', async () => {
  const { events, end } = await collect(chat(TOOLS), [utf8(`Look. ${CALL}`), utf8(CALL)], toolPrompt);
  expect(events.map((event) => event.kind)).toEqual(['text', 'call', 'call', 'end']);
  expect(end.reason).toBe('tool_calls');
});

test('without parallel calls the answer ends at the first', async () => {
  const request = chat({ ...TOOLS, parallel_tool_calls: false });
  const { events, end } = await collect(request, [utf8(CALL), utf8(CALL)], toolPrompt);
  expect(events.map((event) => event.kind)).toEqual(['call', 'end']);
  expect(end).toMatchObject({ reason: 'tool_calls', sampled: 1 });
});

test('without a prompt for tools the marks are text', async () => {
  expect((await collect(chat(), [utf8(CALL)])).text).toBe(CALL);
});
