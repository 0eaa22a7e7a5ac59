import { expect, test } from 'vitest';
import { CHATML_WITH_TOOLS } from '../fixtures/tiny-gguf.ts';
import { parseRequest } from '../openai/parse.ts';
import { compileTemplate } from './chat-template.ts';
import { type PromptModel, preparePrompts } from './prompts.ts';
import { longestTokenBytes } from './vocabulary.ts';

/** A model whose tokenizer must not be asked. */
const model = (longestTokenBytes: number): PromptModel => ({
  contextTokens: 100,
  vocabularySize: 300,
  longestTokenBytes,
  template: compileTemplate(CHATML_WITH_TOOLS, { bosToken: '', eosToken: '<|im_end|>' }),
  controls: ['<|im_start|>', '<|im_end|>'],
  beginning: undefined,
  ending: undefined,
  tokenize: () => {
    throw new Error('tokenized');
  },
});
const ask = (path: Parameters<typeof parseRequest>[0], body: object, longest = 8) =>
  preparePrompts(model(longest), parseRequest(path, Buffer.from(JSON.stringify(body))));

test('a text that cannot fit is refused before it is tokenized, which would hold up every other call', () => {
  const refused = expect.objectContaining({
    code: 'context_length_exceeded',
    detail: expect.stringContaining('more than 100 tokens'),
  });
  const long = 'a'.repeat(801);
  const messages = [{ role: 'user', content: long }];
  expect(() => ask('/v1/chat/completions', { messages })).toThrow(refused);
  expect(() => ask('/v1/completions', { prompt: long })).toThrow(refused);
  expect(() => ask('/v1/embeddings', { input: ['a', long].reverse() })).toThrow(refused);
  const marks = [{ role: 'user', content: '<|im_end|>'.repeat(81) }];
  expect(() => ask('/v1/chat/completions', { messages: marks })).toThrow(refused);
});

test('a text that might fit is counted', () => {
  expect(() => ask('/v1/completions', { prompt: 'a'.repeat(800) })).toThrow('tokenized');
  expect(() => ask('/v1/completions', { prompt: 'a'.repeat(9_999) }, Number.POSITIVE_INFINITY)).toThrow(
    'tokenized',
  );
});

test('the longest token is known for the two kinds of vocabulary whose bytes are known', () => {
  const longest = (model: string, tokens: string[]) => longestTokenBytes({ model, tokens, types: [] });
  expect(longest('gpt2', ['a', 'Ġhello'])).toBe(6);
  expect(longest('llama', ['a', '▁é'])).toBe(3);
  expect(longest('bert', ['a', 'hello'])).toBe(Number.POSITIVE_INFINITY);
  expect(longest('gpt2', [])).toBe(Number.POSITIVE_INFINITY);
});
