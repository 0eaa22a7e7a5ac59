import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPayload, takeEvents } from './parse.ts';
import { failAnswer, growAnswer, isLive, messagesFor, numbersOf, startAnswer, stopAnswer } from './state.ts';
import type { AnswerState } from './types.ts';

const chunk = (delta: object, rest: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], ...rest });

describe('an event stream', () => {
  it('gives whole payloads and keeps the unfinished rest', () => {
    expect(takeEvents('data: a\n\ndata: b\r\n\r\n: comment\n\ndata: c')).toEqual({
      payloads: ['a', 'b'],
      rest: 'data: c',
    });
  });
  it('gives the same payloads however the bytes are cut', () => {
    const stream = `data: ${chunk({ content: 'Hé' })}\n\n: ping\n\ndata: ${chunk({ content: 'llo' })}\n\ndata: [DONE]\n\n`;
    const whole = takeEvents(stream).payloads;
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        let rest = '';
        const payloads: string[] = [];
        for (let i = 1; i < edges.length; i += 1) {
          const taken = takeEvents(rest + stream.slice(edges[i - 1], edges[i]));
          payloads.push(...taken.payloads);
          rest = taken.rest;
        }
        expect(payloads).toEqual(whole);
      }),
    );
  });
});

describe('a payload', () => {
  it('says text, the end, the count, or why it failed', () => {
    expect(readPayload(chunk({ content: 'Hi' }))).toEqual([{ kind: 'text', text: 'Hi' }]);
    expect(readPayload('[DONE]')).toEqual([{ kind: 'end' }]);
    expect(readPayload('{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}')).toEqual([
      { kind: 'usage', usage: { promptTokens: 3, completionTokens: 4 } },
    ]);
    const inner = { status: 502, title: 'The engine failed', detail: 'Try again.', code: 'engine_failed' };
    expect(readPayload(JSON.stringify({ error: { message: 'x', type: 'api_error', b3iq: inner } }))).toEqual([
      { kind: 'error', title: 'The engine failed', detail: 'Try again.', code: 'engine_failed' },
    ]);
    expect(readPayload(JSON.stringify({ error: { message: 'Busy' } }))).toEqual([
      { kind: 'error', title: 'Busy', detail: 'Busy', code: '' },
    ]);
  });
  it.each(['', 'null', '[]', '{', '{"choices":{}}', '{"choices":[null]}', chunk({ content: null }), '42'])(
    'that says nothing is no event: %s',
    (payload) => {
      expect(readPayload(payload)).toEqual([]);
    },
  );
  it('never throws, whatever a stranger sends', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (payload) => void readPayload(payload)));
  });
});

describe('an answer', () => {
  const grown = ['No', '.', ' It', ' stays'].reduce<AnswerState>(
    (answer, text, index) => growAnswer(answer, { kind: 'text', text }, 200 + index * 100),
    startAnswer(0),
  );

  it('grows, and knows its first word and its speed', () => {
    expect(grown.text).toBe('No. It stays');
    expect(numbersOf(grown)).toEqual({ tokens: 4, firstTokenS: 0.2, tokensPerSecond: 10 });
  });
  it('takes the engine’s own count over the pieces that came', () => {
    const counted = growAnswer(
      grown,
      { kind: 'usage', usage: { promptTokens: 9, completionTokens: 7 } },
      900,
    );
    expect(numbersOf(counted)).toEqual({ tokens: 7, firstTokenS: 0.2, tokensPerSecond: 20 });
  });
  it('claims no speed from one word or no time', () => {
    expect(numbersOf(startAnswer(0))).toEqual({ tokens: 0 });
    const one = growAnswer(startAnswer(0), { kind: 'text', text: 'x' }, 50);
    expect(numbersOf(one)).toEqual({ tokens: 1, firstTokenS: 0.05 });
    expect(numbersOf(growAnswer(one, { kind: 'text', text: 'y' }, 51)).tokensPerSecond).toBeUndefined();
  });
  it('ends finished, stopped or failed, and keeps its text', () => {
    const finished = growAnswer(growAnswer(grown, { kind: 'finish', reason: 'stop' }, 1), { kind: 'end' }, 1);
    expect([finished.phase, isLive(finished)]).toEqual(['finished', false]);
    expect(stopAnswer(grown)).toMatchObject({ phase: 'stopped', text: grown.text });
    expect(stopAnswer(finished)).toBe(finished);
    const failed = growAnswer(grown, { kind: 'error', title: 'a', detail: 'b', code: 'c' }, 1);
    expect(growAnswer(failed, { kind: 'end' }, 2)).toMatchObject({ phase: 'failed', text: grown.text });
    expect(failAnswer(grown, { kind: 'lost' }).fault).toEqual({ kind: 'lost' });
  });
  it('is remembered in the conversation; an empty one is left out with its question', () => {
    expect(
      messagesFor(
        ' Be brief. ',
        [
          { question: 'One?', answer: grown },
          { question: 'Two?', answer: startAnswer(0) },
        ],
        'Three?',
      ),
    ).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'One?' },
      { role: 'assistant', content: grown.text },
      { role: 'user', content: 'Three?' },
    ]);
    expect(messagesFor('', [], 'Hi')).toEqual([{ role: 'user', content: 'Hi' }]);
  });
});
