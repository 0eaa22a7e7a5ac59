import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodedError } from '../../errors.ts';
import { INFERENCE_PATHS, type InferencePath } from '../port.ts';
import { MAX_DEPTH, parseRequest } from './parse.ts';

const CHAT = '/v1/chat/completions';
const HI = { messages: [{ role: 'user', content: 'Hi' }] };
const TOOL = { type: 'function', function: { name: 'f', parameters: {} } };
const parse = (path: InferencePath, body: unknown) =>
  parseRequest(path, new TextEncoder().encode(JSON.stringify(body)));

test('the plainest chat has every default', () => {
  expect(parse(CHAT, HI)).toEqual({
    kind: 'chat',
    model: undefined,
    sampling: { frequencyPenalty: 0, presencePenalty: 0, logitBias: new Map() },
    maxTokens: undefined,
    stop: [],
    n: 1,
    stream: false,
    includeUsage: false,
    topLogprobs: undefined,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [],
    toolChoice: { kind: 'none' },
    parallelToolCalls: true,
    output: { kind: 'text' },
  });
});

test('every field a client may set arrives, and unknown ones do not matter', () => {
  const all = {
    ...HI,
    model: 'm',
    temperature: 0.5,
    top_p: 0.9,
    min_p: 0.1,
    top_k: 20,
    seed: -1,
    frequency_penalty: 1,
    presence_penalty: -1,
    logit_bias: { '5': -100 },
    max_tokens: 5,
    max_completion_tokens: 6,
    stop: 'x',
    n: 2,
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
    top_logprobs: 4,
    tools: [{ ...TOOL, function: { ...TOOL.function, description: 'd' } }],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
    user: 'somebody',
    store: true,
  };
  expect(parse(CHAT, all)).toMatchObject({
    model: 'm',
    sampling: {
      temperature: 0.5,
      topP: 0.9,
      minP: 0.1,
      topK: 20,
      seed: 4294967295,
      logitBias: new Map([[5, -100]]),
    },
    maxTokens: 6,
    stop: ['x'],
    n: 2,
    stream: true,
    includeUsage: true,
    topLogprobs: 4,
    toolChoice: { kind: 'named', name: 'f' },
    parallelToolCalls: false,
  });
});

test('null is absent, wherever a client writes it', () => {
  const nulls = Object.fromEntries(
    [
      'model',
      'temperature',
      'seed',
      'stop',
      'n',
      'tools',
      'tool_choice',
      'response_format',
      'logprobs',
      'stream_options',
    ].map((name) => [name, null]),
  );
  expect(parse(CHAT, { ...HI, ...nulls })).toEqual(parse(CHAT, HI));
});

test('a conversation with tools becomes what templates expect', () => {
  const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }];
  const messages = [
    { role: 'assistant', content: null, tool_calls },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ ...tool_calls[0], function: { name: 'f', arguments: 'not JSON' } }],
    },
    {
      role: 'tool',
      tool_call_id: 'c',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    { role: 'user', content: 'x', name: 'Ann' },
  ];
  expect(parse(CHAT, { messages, tools: [TOOL] })).toMatchObject({
    toolChoice: { kind: 'auto' },
    messages: [
      { role: 'assistant', content: '', tool_calls: [{ function: { arguments: { a: 1 } } }] },
      { tool_calls: [{ function: { arguments: 'not JSON' } }] },
      { role: 'tool', tool_call_id: 'c', content: 'a\nb' },
      { name: 'Ann' },
    ],
  });
});

test.each([
  ['json_object', { type: 'json_object' }, { kind: 'json' }],
  [
    'json_schema',
    { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object' } } },
    { kind: 'schema', schema: { type: 'object' } },
  ],
  ['text', { type: 'text' }, { kind: 'text' }],
])('response_format %s is read', (_title, response_format, output) => {
  expect(parse(CHAT, { ...HI, response_format })).toMatchObject({ output });
});

test('completions and embeddings take text, texts, tokens and lists of tokens', () => {
  const prompts = (prompt: unknown) => parse('/v1/completions', { prompt });
  expect(prompts('a')).toMatchObject({ kind: 'completion', prompts: ['a'], maxTokens: 16 });
  expect(prompts(['a', 'b'])).toMatchObject({ prompts: ['a', 'b'] });
  expect(prompts([1, 2])).toMatchObject({ prompts: [[1, 2]] });
  expect(prompts([[1], [2, 3]])).toMatchObject({ prompts: [[1], [2, 3]] });
  expect(
    parse('/v1/completions', { prompt: 'a', logprobs: 2, n: 2, best_of: 2, suffix: '', echo: false }),
  ).toMatchObject({ topLogprobs: 2 });
  expect(parse('/v1/embeddings', { input: [[1, 2]], encoding_format: 'base64' })).toEqual({
    kind: 'embedding',
    model: undefined,
    inputs: [[1, 2]],
    encoding: 'base64',
  });
});

test.each([
  [CHAT, { ...HI, temperature: 3 }, 'temperature'],
  [CHAT, { ...HI, temperature: '1' }, 'temperature'],
  [CHAT, { ...HI, top_p: 0 }, 'top_p'],
  [CHAT, { ...HI, n: 0 }, 'n'],
  [CHAT, { ...HI, n: 1.5 }, 'n'],
  [CHAT, { ...HI, max_tokens: 0 }, 'max_tokens'],
  [CHAT, { ...HI, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
  [CHAT, { ...HI, stop: [''] }, 'stop.0'],
  [CHAT, { ...HI, logit_bias: { x: 1 } }, 'logit_bias.x'],
  [CHAT, { ...HI, top_logprobs: 2 }, 'top_logprobs'],
  [CHAT, { ...HI, tool_choice: 'required' }, 'tool_choice'],
  [CHAT, { ...HI, tools: [TOOL], tool_choice: { type: 'function', function: { name: 'g' } } }, 'tool_choice'],
  [CHAT, { ...HI, tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools.0.function.name'],
  [
    CHAT,
    { ...HI, tools: [TOOL], tool_choice: 'required', response_format: { type: 'json_object' } },
    'response_format',
  ],
  [CHAT, { ...HI, response_format: { type: 'xml' } }, 'response_format.type'],
  [CHAT, {}, 'messages'],
  [CHAT, { messages: [{ role: 'user' }] }, 'messages.0.content'],
  [
    CHAT,
    {
      messages: [
        { role: 'user', content: 'x', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '' } }] },
      ],
    },
    'messages.0.tool_calls',
  ],
  ['/v1/completions', { prompt: 'x', echo: true }, 'echo'],
  ['/v1/completions', { prompt: 'x', best_of: 3 }, 'best_of'],
  ['/v1/completions', { prompt: [] }, 'prompt'],
  ['/v1/completions', { prompt: [-1] }, 'prompt.0'],
  ['/v1/embeddings', { input: '' }, 'input'],
  ['/v1/embeddings', { input: 'x', dimensions: 3 }, 'dimensions'],
] as const)('%s refuses %j and names %s', (path, body, param) => {
  try {
    parse(path, body);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_request', facts: { param } });
    return;
  }
  throw new Error('was accepted');
});

test('depth is bounded without recursion, to the level', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const at = (depth: number) =>
    parseRequest(
      CHAT,
      new TextEncoder().encode(`{"messages":[{"role":"user","content":"x"}],"b":${nested(depth)}}`),
    );
  expect(at(MAX_DEPTH).kind).toBe('chat');
  expect(() => at(MAX_DEPTH + 1)).toThrow(expect.objectContaining({ code: 'body_too_deep' }));
});

test('whatever the bytes, the answer is a request or a coded refusal', () => {
  const json = fc.oneof(
    fc.json(),
    fc
      .jsonValue()
      .map((messages) => JSON.stringify({ messages, prompt: messages, input: messages, tools: messages })),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...INFERENCE_PATHS),
      fc.oneof(
        json.map((text) => new TextEncoder().encode(text)),
        fc.uint8Array(),
      ),
      (path, body) => {
        try {
          parseRequest(path, body);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      },
    ),
  );
});
