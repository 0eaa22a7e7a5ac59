import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../errors.ts';
import { isDeeperThan, parseInferenceRequest } from './parse.ts';
import { planEdits, spliceBody } from './plan.ts';

const CHAT = '/v1/chat/completions';
const chat = (rest: object) =>
  JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...rest });
const fault = (path: Parameters<typeof parseInferenceRequest>[0], text: string): string => {
  try {
    parseInferenceRequest(path, text);
  } catch (error) {
    if (error instanceof CodedError) return `${error.code} ${error.facts.param ?? ''}`.trim();
  }
  return 'fine';
};
/** What an engine would read after our edits. */
const edited = (text: string, cap: number | undefined) =>
  JSON.parse(
    spliceBody(Buffer.from(text), planEdits(CHAT, parseInferenceRequest(CHAT, text), cap)).toString('utf8'),
  );

describe('the depth of a body', () => {
  const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  it('is counted without building anything', () => {
    expect(isDeeperThan(nested(100), 100)).toBe(false);
    expect(isDeeperThan(nested(101), 100)).toBe(true);
    expect(isDeeperThan(nested(10_000), 100)).toBe(true);
    expect(isDeeperThan(Buffer.from('{"a":[{"b":[]}]}'), 4)).toBe(false);
    expect(isDeeperThan(Buffer.from('{"a":[{"b":[]}]}'), 3)).toBe(true);
  });
  it('does not count brackets in text, whatever is escaped there', () => {
    expect(isDeeperThan(Buffer.from(String.raw`{"a":"[[[[\"[[[[\\"}`), 2)).toBe(false);
    expect(isDeeperThan(Buffer.from('"[[[['), 0)).toBe(false);
  });
  it('agrees with a parser on any JSON', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, limit) => {
        expect(isDeeperThan(Buffer.from(JSON.stringify(value)), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });
});

describe('an inference request', () => {
  it('gives the few fields that decide', () => {
    expect(
      parseInferenceRequest(CHAT, chat({ stream: true, max_completion_tokens: 9, n: 3, tools: [{}] })),
    ).toEqual({
      model: 'm',
      isStream: true,
      wantsUsage: false,
      streamOptions: undefined,
      maxTokens: 9,
      maxTokensNames: ['max_completion_tokens'],
      choices: 3,
      prompts: 1,
      hasTools: true,
      hasSchema: false,
      hasLogprobs: false,
      hasImages: false,
    });
    expect(
      parseInferenceRequest('/v1/completions', '{"model":"m","prompt":["a","b"],"n":2,"best_of":4}'),
    ).toMatchObject({ choices: 8, prompts: 2 });
    expect(parseInferenceRequest('/v1/completions', '{"model":"m","prompt":[1,2,3]}').prompts).toBe(1);
    // OpenAI's default, so that a budget reserves no more than would be written.
    expect(parseInferenceRequest('/v1/completions', '{"model":"m","prompt":"a"}').maxTokens).toBe(16);
    expect(parseInferenceRequest('/v1/embeddings', '{"model":"m","input":["a","b"]}')).toMatchObject({
      choices: 0,
      prompts: 2,
      isStream: false,
    });
  });

  it('names the field at fault', () => {
    expect(fault(CHAT, 'nonsense')).toBe('invalid_json');
    expect(fault(CHAT, '[1]')).toBe('invalid_json');
    expect(fault(CHAT, '"text"')).toBe('invalid_json');
    expect(fault(CHAT, 'null')).toBe('invalid_json');
    expect(fault(CHAT, '\ufeff{}')).toBe('invalid_json');
    expect(fault(CHAT, '{}')).toBe('invalid_request model');
    expect(fault(CHAT, '{"model":7}')).toBe('invalid_request model');
    expect(fault(CHAT, '{"model":"m"}')).toBe('invalid_request messages');
    expect(fault(CHAT, '{"model":"m","messages":[]}')).toBe('invalid_request messages');
    expect(fault('/v1/completions', '{"model":"m"}')).toBe('invalid_request prompt');
    expect(fault('/v1/embeddings', '{"model":"m","input":[]}')).toBe('invalid_request input');
    expect(fault(CHAT, chat({ stream: 'yes' }))).toBe('invalid_request stream');
    expect(fault(CHAT, chat({ stream_options: [] }))).toBe('invalid_request stream_options');
    for (const n of [0, -1, 1.5, '2', 129]) expect(fault(CHAT, chat({ n }))).toBe('invalid_request n');
    for (const max of ['9', 1.5, true])
      expect(fault(CHAT, chat({ max_tokens: max }))).toBe('invalid_request max_tokens');
    expect(fault(CHAT, chat({ n: null, stream: null, max_tokens: null, max_completion_tokens: -1 }))).toBe(
      'fine',
    );
  });

  it('never throws anything but a coded error, and never quotes the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((v) => chat({ max_tokens: v, n: v })),
        ),
        (text) => {
          try {
            parseInferenceRequest(CHAT, text);
          } catch (error) {
            expect(error).toBeInstanceOf(CodedError);
          }
        },
      ),
    );
    expect(() => parseInferenceRequest(CHAT, '{"secret words')).toThrow(/^(?!.*secret)/);
  });
});

describe('the permitted edits', () => {
  it('leave a body alone that needs none', () => {
    const body = Buffer.from(chat({ max_tokens: 5 }));
    expect(spliceBody(body, planEdits(CHAT, parseInferenceRequest(CHAT, body.toString()), undefined))).toBe(
      body,
    );
    expect(spliceBody(body, planEdits(CHAT, parseInferenceRequest(CHAT, body.toString()), 5))).toBe(body);
  });

  it('touch nothing before the last brace', () => {
    const text = `{ "model" : "m",\n "messages": [ {"role":"user","content":"}}🦊"} ] }\n `;
    const out = spliceBody(Buffer.from(text), planEdits(CHAT, parseInferenceRequest(CHAT, text), 7)).toString(
      'utf8',
    );
    expect(out).toBe(
      `{ "model" : "m",\n "messages": [ {"role":"user","content":"}}🦊"} ] ,"max_tokens":7}\n `,
    );
  });

  it('ask for usage in a stream and keep what else was asked of it', () => {
    expect(edited(chat({ stream: true }), undefined).stream_options).toEqual({ include_usage: true });
    const other = { include_usage: false, include_obfuscation: false };
    expect(edited(chat({ stream: true, stream_options: other }), undefined).stream_options).toEqual({
      include_usage: true,
      include_obfuscation: false,
    });
    expect(edited(chat({ stream: true, stream_options: { include_usage: true } }), undefined)).toEqual(
      JSON.parse(chat({ stream: true, stream_options: { include_usage: true } })),
    );
  });

  it('cap every name of the limit, however often and however it is spelt', () => {
    const two =
      '{"model":"m","messages":[{}],"max_tokens":3,"max_tokens":99999,"max_completion_tokens":88888}';
    expect(edited(two, 50)).toMatchObject({ max_tokens: 50, max_completion_tokens: 50 });
    const escaped = '{"model":"m","messages":[{}],"max_tok\\u0065ns":99999}';
    expect(edited(escaped, 50).max_tokens).toBe(50);
    const strange = '{"model":"m","messages":[{}],"MAX_TOKENS":99999,"n_predict":77777}';
    expect(edited(strange, 50)).toMatchObject({ max_tokens: 50, MAX_TOKENS: 50, n_predict: 50 });
    // An engine may not know this name, so the plain one is set beside it.
    expect(edited(chat({ max_completion_tokens: 9 }), 9)).toMatchObject({
      max_tokens: 9,
      max_completion_tokens: 9,
    });
    expect(edited(chat({ max_tokens: -1 }), 9).max_tokens).toBe(9);
    expect(edited(chat({}), 9).max_tokens).toBe(9);
  });

  it('win over any body there can be', () => {
    const name = fc.constantFrom('max_tokens', 'max_completion_tokens', 'Max_Tokens', 'n_predict');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.nat(1_000))),
        fc.integer({ min: 1, max: 1_000 }),
        (fields, left) => {
          const extra = fields.map(([key, value]) => `,"${key}":${value}`).join('');
          const text = `{"model":"m","messages":[{}]${extra}}`;
          const asked = parseInferenceRequest(CHAT, text);
          const cap = Math.min(asked.maxTokens ?? left, left);
          const read = edited(text, cap);
          expect(read.max_tokens).toBe(cap);
          for (const [key] of fields) expect(read[key]).toBe(cap);
        },
      ),
    );
  });
});
