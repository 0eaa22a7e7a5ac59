import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Answer } from './answer.ts';
import { guessCompletion, judgeFrame, usageOfAnswer } from './usage.ts';

const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const READ = { promptTokens: 3, completionTokens: 4 };

describe('an event of a stream', () => {
  it('is a piece, the usage, the end, an error or something else', () => {
    const judge = (value: unknown) => judgeFrame(JSON.stringify(value));
    expect(judgeFrame('[DONE]')).toEqual({ kind: 'done' });
    expect(judgeFrame(undefined).kind).toBe('other');
    expect(judgeFrame('nonsense').kind).toBe('other');
    expect(judge({ choices: [], usage: USAGE })).toEqual({ kind: 'usage', usage: READ });
    expect(judge({ usage: { prompt_tokens: 5 } })).toMatchObject({ usage: { completionTokens: 0 } });
    expect(judge({ error: { message: 'x' } }).kind).toBe('error');
    expect(judge({ choices: [] }).kind).toBe('other');
    for (const delta of [{ role: 'assistant' }, { role: 'assistant', content: '' }, { content: null }, {}])
      expect(judge({ choices: [{ delta }] })).toMatchObject({ kind: 'piece', pieces: 0, finished: false });
    for (const delta of [{ content: 'a' }, { tool_calls: [{}] }, { reasoning_content: 'b' }])
      expect(judge({ choices: [{ delta }, { delta }] })).toMatchObject({ kind: 'piece', pieces: 2 });
    expect(judge({ choices: [{ text: 'a' }, { text: '' }] })).toMatchObject({ pieces: 1 });
    expect(judge({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: USAGE })).toEqual({
      kind: 'piece',
      pieces: 0,
      finished: true,
      usage: READ,
    });
  });

  it('never makes the count throw, whatever an engine sends', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        judgeFrame(JSON.stringify(a));
        judgeFrame(JSON.stringify({ choices: [a, b], usage: b }));
        judgeFrame(JSON.stringify({ choices: [{ delta: a, text: b }] }));
        usageOfAnswer(Buffer.from(JSON.stringify({ usage: a })));
        guessCompletion(Buffer.from(JSON.stringify({ choices: [{ message: a, text: b }] })));
      }),
    );
  });
});

describe('the usage of a whole answer', () => {
  it('is found in small and in very large ones', () => {
    expect(usageOfAnswer(Buffer.from(JSON.stringify({ usage: USAGE })))).toEqual(READ);
    const large = {
      data: Array.from({ length: 300_000 }, () => 0.125),
      note: '"usage":{}',
      usage: USAGE,
      x: {},
    };
    expect(usageOfAnswer(Buffer.from(JSON.stringify(large)))).toEqual(READ);
  });
  it('is not believed when it makes no sense', () => {
    for (const usage of [
      null,
      7,
      {},
      { prompt_tokens: -1 },
      { prompt_tokens: 1e300 },
      { prompt_tokens: 1, completion_tokens: 'x' },
    ])
      expect(usageOfAnswer(Buffer.from(JSON.stringify({ usage })))).toBeUndefined();
    expect(usageOfAnswer(Buffer.from('not json'))).toBeUndefined();
    expect(usageOfAnswer(Buffer.alloc(1_100_000, '"usage":{'))).toBeUndefined();
  });
  it('is guessed from the text when there is none', () => {
    const body = { choices: [{ message: { content: 'x'.repeat(40) } }, { text: 'y'.repeat(8) }] };
    expect(guessCompletion(Buffer.from(JSON.stringify(body)))).toBe(12);
    expect(guessCompletion(Buffer.from('{}'))).toBe(0);
  });
});

describe('an answer', () => {
  const stream = (wantsUsage: boolean) =>
    new Answer(200, { 'content-type': 'text/event-stream' }, wantsUsage, 1_000, 1_000);
  const PIECE = 'data: {"choices":[{"delta":{"content":"größe"},"finish_reason":null}],"usage":null}\n\n';
  const COST = `data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\n`;
  const END = 'data: [DONE]\n\n';

  it('passes every byte on but the end, and drops the usage nobody asked for, at every cut', () => {
    const bytes = Buffer.from(PIECE + PIECE + COST + END);
    for (const wantsUsage of [true, false])
      for (let cut = 0; cut <= bytes.length; cut++) {
        const answer = stream(wantsUsage);
        const out = [answer.take(bytes.subarray(0, cut)), answer.take(bytes.subarray(cut))];
        answer.end();
        expect(Buffer.concat(out.filter((part) => part !== undefined)).toString('utf8')).toBe(
          PIECE + PIECE + (wantsUsage ? COST : ''),
        );
        expect(answer.held().toString('utf8')).toBe(END);
        expect(answer.usage).toEqual(READ);
        expect(answer.isComplete).toBe(true);
        expect(answer.guessCompletion()).toBe(2);
      }
  });

  it('that breaks off is not complete; one that finished without the last word is', () => {
    const broken = stream(false);
    broken.take(Buffer.from(PIECE));
    broken.end();
    expect(broken.isComplete).toBe(false);
    const finished = stream(false);
    finished.take(Buffer.from('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'));
    finished.end();
    expect(finished.isComplete).toBe(true);
    const failed = stream(false);
    expect(failed.take(Buffer.from(`data: {"error":{"message":"x"}}\n\n${END}`))).toBeUndefined();
    failed.end();
    expect(failed.isComplete).toBe(false);
  });

  it('may end without a blank line', () => {
    const answer = stream(false);
    answer.take(Buffer.from(`${PIECE}data: [DONE]`));
    answer.end();
    expect(answer.held().toString('utf8')).toBe('data: [DONE]');
    expect(answer.isComplete).toBe(true);
  });

  it('is bounded', () => {
    const whole = new Answer(200, {}, false, 10, 10);
    whole.take(Buffer.alloc(8));
    whole.take(Buffer.alloc(8));
    expect(whole.isOverlong).toBe(true);
    const long = stream(false);
    long.take(Buffer.alloc(2_000, 'x'));
    expect(long.isOverlong).toBe(true);
  });
});

describe('shapes that name their events', () => {
  const take = (...events: object[]) => {
    const answer = new Answer(200, { 'content-type': 'text/event-stream' }, false, 1_000_000, 100_000);
    const out = events.map((event) =>
      answer.take(Buffer.from(`event: x\ndata: ${JSON.stringify(event)}\n\n`)),
    );
    return { answer, out };
  };
  const START = { type: 'message_start', message: { usage: { input_tokens: 3, output_tokens: 1 } } };
  const delta = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'a' } };

  it('Messages tell the prompt at the beginning and the rest at the end', () => {
    const { answer } = take(START, delta);
    expect(answer.usage).toBeUndefined();
    expect(answer.promptTokens).toBe(3);
    expect(answer.guessCompletion()).toBe(1);
    answer.take(
      Buffer.from(
        'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}\n\n',
      ),
    );
    expect(answer.usage).toEqual(READ);
    expect(answer.isComplete).toBe(true);
  });

  it('a prompt that came from a cache was read all the same, wherever it is told', () => {
    const cached = {
      input_tokens: 1,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 2,
      output_tokens: 4,
    };
    expect(usageOfAnswer(Buffer.from(JSON.stringify({ usage: cached })))).toEqual(READ);
    const late = { type: 'message_delta', delta: {}, usage: { input_tokens: 9, output_tokens: 4 } };
    expect(take(START, late).answer.usage).toEqual({ promptTokens: 9, completionTokens: 4 });
  });

  it('the last event waits for the receipt: message_stop, response.completed, response.incomplete', () => {
    for (const type of ['message_stop', 'response.completed', 'response.incomplete']) {
      const { answer, out } = take(delta, {
        type,
        response: { usage: { input_tokens: 3, output_tokens: 4 } },
      });
      expect(out).toEqual([expect.any(Buffer), undefined]);
      expect(answer.held().toString()).toContain(type);
      expect(answer.isComplete).toBe(true);
      if (type !== 'message_stop') expect(answer.usage).toEqual(READ);
    }
  });

  it('an event of failure is not passed on, and makes no whole answer', () => {
    for (const event of [
      { type: 'error', error: {} },
      { type: 'error', message: 'x' },
      { type: 'response.failed' },
    ]) {
      const { answer, out } = take(delta, event);
      expect(out[1]).toBeUndefined();
      expect(answer.isComplete).toBe(false);
    }
  });

  it('an answer nobody counted is guessed by its text', () => {
    const text = 'x'.repeat(40);
    expect(
      guessCompletion(Buffer.from(JSON.stringify({ content: [{ type: 'text', text }] }))),
    ).toBeGreaterThan(9);
    expect(
      guessCompletion(Buffer.from(JSON.stringify({ output: [{ content: [{ text }] }] }))),
    ).toBeGreaterThan(9);
  });
});
