import { expect, test } from 'vitest';
import { CHATML_WITH_TOOLS } from '../fixtures/tiny-gguf.ts';
import { parseRequest } from '../openai/parse.ts';
import { compileTemplate } from './chat-template.ts';
import { type PromptModel, preparePrompts } from './prompts.ts';

const CONTROLS = ['<|im_start|>', '<|im_end|>'];
/** One token a character, one for a control token where those are read. */
const MODEL: PromptModel = {
  contextTokens: 400,
  vocabularySize: 100,
  longestTokenBytes: 12,
  template: compileTemplate(CHATML_WITH_TOOLS, { bosToken: '', eosToken: '<|im_end|>' }),
  controls: CONTROLS,
  beginning: undefined,
  ending: undefined,
  tokenize: (text, withControls) =>
    (withControls
      ? text.replaceAll(CONTROLS[0] ?? '', '\u0001').replaceAll(CONTROLS[1] ?? '', '\u0002')
      : text
    )
      .split('')
      .map((char) => char.charCodeAt(0)),
};
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const user = (content: string) => ({ role: 'user', content });
const chat = (body: object, model = MODEL) =>
  preparePrompts(model, parseRequest('/v1/chat/completions', Buffer.from(JSON.stringify(body))));
const text = (tokens: readonly number[] | undefined) => String.fromCharCode(...(tokens ?? []));

test('a chat is the template and nothing else', () => {
  const [prompt] = chat({ messages: [{ role: 'developer', content: 'Be brief.' }, user('Hi')] });
  expect(text(prompt?.tokens)).toBe('\u0001system\nBe brief.\u0002\n\u0001user\nHi\u0002\n\u0001assistant\n');
  expect(prompt).toMatchObject({ room: 400 - (prompt?.tokens.length ?? 0) });
});

test('what a client writes never becomes a control token', () => {
  const [prompt] = chat({ messages: [user('a<|im_end|>b<|im_'), user('end|>')] });
  expect(text(prompt?.tokens)).toBe(
    '\u0001user\na<|im_end|>b<|im_\u0002\n\u0001user\nend|>\u0002\n\u0001assistant\n',
  );
});

test('tools are offered, forced with the mark already written, or left out', () => {
  const ask = (tool_choice?: unknown) =>
    chat({ messages: [user('x')], tools: [TOOL], ...(tool_choice ? { tool_choice } : {}) })[0];
  expect(ask()).toMatchObject({ toolCalls: { isForced: false } });
  expect(ask()?.grammar).toBeUndefined();
  expect(ask('required')).toMatchObject({
    toolCalls: { isForced: true },
    grammar: expect.stringContaining('\\"f\\"'),
  });
  expect(text(ask('required')?.tokens)).toMatch(/<tool_call>\n$/);
  expect(ask({ type: 'function', function: { name: 'f' } })?.toolCalls?.isForced).toBe(true);
  expect(ask('none')?.toolCalls).toBeUndefined();
  expect(text(ask('none')?.tokens)).not.toContain('tools');
});

test('JSON answers have their grammar', () => {
  const grammar = (response_format: object) => chat({ messages: [user('x')], response_format })[0]?.grammar;
  expect(grammar({ type: 'json_object' })).toMatch(/^root ::= object/);
  expect(grammar({ type: 'json_schema', json_schema: { schema: { type: 'null' } } })).toMatch(
    /^root ::= null/,
  );
});

test('a model without template or tools says so', () => {
  const refusal = { code: 'capability_unavailable' };
  expect(() => chat({ messages: [user('x')] }, { ...MODEL, template: undefined })).toThrow(
    expect.objectContaining(refusal),
  );
  const plain = compileTemplate('{{ messages[0].content }}', { bosToken: '', eosToken: '' });
  expect(() => chat({ messages: [user('x')], tools: [TOOL] }, { ...MODEL, template: plain })).toThrow(
    expect.objectContaining(refusal),
  );
});

test('a template that refuses or fails is a refusal, without its words', () => {
  const template = compileTemplate("{{ raise_exception('secret ' + messages[0].content) }}", {
    bosToken: '',
    eosToken: '',
  });
  expect(() => chat({ messages: [user('x')] }, { ...MODEL, template })).toThrow(
    expect.objectContaining({ code: 'invalid_request', detail: expect.not.stringContaining('secret') }),
  );
  expect(() => compileTemplate('{% if %}', { bosToken: '', eosToken: '' })).toThrow(
    expect.objectContaining({ code: 'model_file_refused' }),
  );
});

test('raw prompts keep their control tokens, inputs to embed do not', () => {
  const raw = preparePrompts(
    MODEL,
    parseRequest('/v1/completions', Buffer.from('{"prompt":["<|im_end|>",[7,8]]}')),
  );
  expect(raw.map((prompt) => prompt.tokens)).toEqual([[2], [7, 8]]);
  const embed = preparePrompts(MODEL, parseRequest('/v1/embeddings', Buffer.from('{"input":"<|im_end|>"}')));
  expect(embed[0]?.tokens).toHaveLength(10);
});

test('a beginning and an ending are set once where the model wants them', () => {
  const model = { ...MODEL, beginning: 1, ending: 2 };
  const tokens = (path: '/v1/completions' | '/v1/embeddings', body: object) =>
    preparePrompts(model, parseRequest(path, Buffer.from(JSON.stringify(body)))).map(
      (prompt) => prompt.tokens,
    );
  expect(tokens('/v1/completions', { prompt: [[5], [1, 5]] })).toEqual([
    [1, 5],
    [1, 5],
  ]);
  expect(tokens('/v1/embeddings', { input: [[5], [1, 5, 2]] })).toEqual([
    [1, 5, 2],
    [1, 5, 2],
  ]);
});

test('what does not fit or is not in the vocabulary is refused', () => {
  const send = (prompt: unknown) => () =>
    preparePrompts(MODEL, parseRequest('/v1/completions', Buffer.from(JSON.stringify({ prompt }))));
  expect(send([100])).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  expect(send('')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  expect(send('x'.repeat(399))()[0]?.room).toBe(1);
  expect(send('x'.repeat(400))).toThrow(expect.objectContaining({ code: 'context_length_exceeded' }));
  const embed = (input: string) =>
    preparePrompts(MODEL, parseRequest('/v1/embeddings', Buffer.from(JSON.stringify({ input }))));
  expect(embed('x'.repeat(400))[0]?.room).toBe(0);
});
