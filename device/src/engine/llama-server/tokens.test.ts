import { expect, test } from 'vitest';
import type { SampledToken } from '../openai/port.ts';
import { type CompletionEvent, completionEvent, TokenReader } from './tokens.ts';

const said = (content: string, tokens_predicted: number): CompletionEvent => ({ content, tokens_predicted });
const over = (tokens_predicted: number, stop_type: string): CompletionEvent => ({
  content: '',
  tokens_predicted,
  stop: true,
  stop_type,
});
/** Text of each token; `END` for the one that ended the answer. */
function shown(events: readonly CompletionEvent[], reader = new TokenReader(0)): string[] {
  const show = ({ bytes, isEnd }: SampledToken) => (isEnd ? 'END' : Buffer.from(bytes).toString('utf8'));
  return events.flatMap((event) => reader.read(event).map(show));
}

test('each event is a token, and the end says how it ended', () => {
  expect(shown([said('a', 1), said('b', 2), over(2, 'limit')])).toEqual(['a', 'b']);
  expect(shown([said('a', 1), said('', 2), over(2, 'eos')])).toEqual(['a', 'END']);
});

test('progress of the prompt is no token', () => {
  expect(shown([{ tokens_predicted: 0 }, { content: '', tokens_predicted: 0 }, said('a', 1)])).toEqual(['a']);
});

test('a character in three tokens comes with its last one, and each is counted', () => {
  expect(shown([said('a', 1), said('世', 4), over(4, 'limit')])).toEqual(['a', '', '', '世']);
});

test('tokens that were cut off before their character was whole are counted', () => {
  expect(shown([said('a', 1), over(3, 'limit')])).toEqual(['a', '', '']);
  expect(shown([said('a', 1), over(4, 'eos')])).toEqual(['a', '', '', 'END']);
});

test('an end token that was not announced before is counted once', () => {
  expect(shown([said('a', 1), over(2, 'eos')])).toEqual(['a', 'END']);
  expect(shown([over(1, 'eos')])).toEqual(['END']);
});

test('a control token in the middle is counted and says nothing', () => {
  expect(shown([said('a', 1), said('', 2), said('b', 3), over(3, 'limit')])).toEqual(['a', '', 'b']);
});

test('log probabilities come with exact bytes, and no more alternatives than were asked', () => {
  const probability = (logprob: number) => ({ bytes: [0xe4], logprob });
  const event = completionEvent.parse({
    ...said('\ufffd', 1),
    completion_probabilities: [{ ...probability(-0.5), top_logprobs: [probability(-0.5), probability(-1)] }],
  });
  const [token] = new TokenReader(1).read(event);
  expect(token).toEqual({
    bytes: Uint8Array.of(0xe4),
    isEnd: false,
    logprob: -0.5,
    top: [{ bytes: Uint8Array.of(0xe4), logprob: -0.5 }],
  });
});

test('it knows whether the server said the end', () => {
  const reader = new TokenReader(0);
  shown([said('a', 1)], reader);
  expect(reader.isOver).toBe(false);
  shown([over(1, 'limit')], reader);
  expect(reader.isOver).toBe(true);
});

test('a fault in the stream is a fault', () => {
  expect(() => new TokenReader(0).read({ error: { message: 'x' } })).toThrow(
    expect.objectContaining({ code: 'engine_failed' }),
  );
});
