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
  tokenize: async (pieces, withControls) =>
    pieces.flatMap((text) =>
      (withControls
        ? text.replaceAll(CONTROLS[0] ?? '', '\u0001').replaceAll(CONTROLS[1] ?? '', '\u0002')
        : text
      )
        .split('')
        .map((char) => char.charCodeAt(0)),
    ),
};
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const user = (content: string) => ({ role: 'user', content });
const prepare = (path: Parameters<typeof parseRequest>[0], body: object, model = MODEL) =>
  preparePrompts(model, parseRequest(path, Buffer.from(JSON.stringify(body))), new AbortController().signal);
const chat = (body: object, model = MODEL) => prepare('/v1/chat/completions', body, model);
const text = (tokens: readonly number[] | undefined) => String.fromCharCode(...(tokens ?? []));

test('a chat is the template and nothing else', async () => {
  const [prompt] = await chat({ messages: [{ role: 'developer', content: 'Be brief.' }, user('Hi')] });
  expect(text(prompt?.tokens)).toBe('\u0001system\nBe brief.\u0002\n\u0001user\nHi\u0002\n\u0001assistant\n');
  expect(prompt).toMatchObject({ room: 400 - (prompt?.tokens.length ?? 0) });
});

test('what a client writes never becomes a control token', async () => {
  const [prompt] = await chat({ messages: [user('a<|im_end|>b<|im_'), user('end|>')] });
  expect(text(prompt?.tokens)).toBe(
    '\u0001user\na<|im_end|>b<|im_\u0002\n\u0001user\nend|>\u0002\n\u0001assistant\n',
  );
});

test('tools are offered, forced with the mark already written, or left out', async () => {
  const ask = async (tool_choice?: unknown) =>
    (await chat({ messages: [user('x')], tools: [TOOL], ...(tool_choice ? { tool_choice } : {}) }))[0];
  expect(await ask()).toMatchObject({ toolCalls: { isForced: false } });
  expect((await ask())?.grammar).toBeUndefined();
  expect(await ask('required')).toMatchObject({
    toolCalls: { isForced: true },
    grammar: expect.stringContaining('\\"f\\"'),
  });
  expect(text((await ask('required'))?.tokens)).toMatch(/<tool_call>\n$/);
  expect((await ask({ type: 'function', function: { name: 'f' } }))?.toolCalls?.isForced).toBe(true);
  expect((await ask('none'))?.toolCalls).toBeUndefined();
  expect(text((await ask('none'))?.tokens)).not.toContain('tools');
});

test('JSON answers have their grammar', async () => {
  const grammar = async (response_format: object) =>
    (await chat({ messages: [user('x')], response_format }))[0]?.grammar;
  expect(await grammar({ type: 'json_object' })).toMatch(/^root ::= object/);
  expect(await grammar({ type: 'json_schema', json_schema: { schema: { type: 'null' } } })).toMatch(
    /^root ::= null/,
  );
});

test('a model without template or tools says so', async () => {
  const refusal = { code: 'capability_unavailable' };
  await expect(chat({ messages: [user('x')] }, { ...MODEL, template: undefined })).rejects.toThrow(
    expect.objectContaining(refusal),
  );
  const plain = compileTemplate('{{ messages[0].content }}', { bosToken: '', eosToken: '' });
  await expect(chat({ messages: [user('x')], tools: [TOOL] }, { ...MODEL, template: plain })).rejects.toThrow(
    expect.objectContaining(refusal),
  );
});

test('a template that refuses or fails is a refusal, without its words', async () => {
  const template = compileTemplate("{{ raise_exception('secret ' + messages[0].content) }}", {
    bosToken: '',
    eosToken: '',
  });
  await expect(chat({ messages: [user('x')] }, { ...MODEL, template })).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_request', detail: expect.not.stringContaining('secret') }),
  );
  expect(() => compileTemplate('{% if %}', { bosToken: '', eosToken: '' })).toThrow(
    expect.objectContaining({ code: 'model_file_refused' }),
  );
});

test('raw prompts keep their control tokens, inputs to embed do not', async () => {
  const raw = await prepare('/v1/completions', { prompt: ['<|im_end|>', [7, 8]] });
  expect(raw.map((prompt) => prompt.tokens)).toEqual([[2], [7, 8]]);
  const embed = await prepare('/v1/embeddings', { input: '<|im_end|>' });
  expect(embed[0]?.tokens).toHaveLength(10);
});

test('a beginning and an ending are set once where the model wants them', async () => {
  const model = { ...MODEL, beginning: 1, ending: 2 };
  const tokens = async (path: '/v1/completions' | '/v1/embeddings', body: object) =>
    (await prepare(path, body, model)).map((prompt) => prompt.tokens);
  expect(await tokens('/v1/completions', { prompt: [[5], [1, 5]] })).toEqual([
    [1, 5],
    [1, 5],
  ]);
  expect(await tokens('/v1/embeddings', { input: [[5], [1, 5, 2]] })).toEqual([
    [1, 5, 2],
    [1, 5, 2],
  ]);
});

test('what does not fit or is not in the vocabulary is refused', async () => {
  const send = (prompt: unknown) => prepare('/v1/completions', { prompt });
  await expect(send([100])).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(send('')).rejects.toMatchObject({ code: 'invalid_request' });
  expect((await send('x'.repeat(399)))[0]?.room).toBe(1);
  await expect(send('x'.repeat(400))).rejects.toMatchObject({ code: 'context_length_exceeded' });
  expect((await prepare('/v1/embeddings', { input: 'x'.repeat(400) }))[0]?.room).toBe(0);
});
