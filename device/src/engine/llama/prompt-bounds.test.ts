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
  tokenize: async () => {
    throw new Error('tokenized');
  },
});
const ask = (path: Parameters<typeof parseRequest>[0], body: object, longest = 8) =>
  preparePrompts(
    model(longest),
    parseRequest(path, Buffer.from(JSON.stringify(body))),
    new AbortController().signal,
  );

test('a text that cannot fit is refused before it is tokenized, which would hold up every other call', async () => {
  const refused = expect.objectContaining({
    code: 'context_length_exceeded',
    detail: expect.stringContaining('more than 100 tokens'),
  });
  const long = 'a'.repeat(801);
  const messages = [{ role: 'user', content: long }];
  await expect(ask('/v1/chat/completions', { messages })).rejects.toThrow(refused);
  await expect(ask('/v1/completions', { prompt: long })).rejects.toThrow(refused);
  await expect(ask('/v1/embeddings', { input: ['a', long].reverse() })).rejects.toThrow(refused);
  const marks = [{ role: 'user', content: '<|im_end|>'.repeat(81) }];
  await expect(ask('/v1/chat/completions', { messages: marks })).rejects.toThrow(refused);
});

test('a text that might fit is counted', async () => {
  await expect(ask('/v1/completions', { prompt: 'a'.repeat(800) })).rejects.toThrow('tokenized');
  await expect(
    ask('/v1/completions', { prompt: 'a'.repeat(9_999) }, Number.POSITIVE_INFINITY),
  ).rejects.toThrow('tokenized');
});

test('the longest token is known for the two kinds of vocabulary whose bytes are known', () => {
  const longest = (model: string, tokens: string[]) => longestTokenBytes({ model, tokens, types: [] });
  expect(longest('gpt2', ['a', 'Ġhello'])).toBe(6);
  expect(longest('llama', ['a', '▁é'])).toBe(3);
  expect(longest('bert', ['a', 'hello'])).toBe(Number.POSITIVE_INFINITY);
  expect(longest('gpt2', [])).toBe(Number.POSITIVE_INFINITY);
});
