import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseCount,
  parseLmStudio,
  parseModelList,
  parseOrigin,
  parseProbe,
  parseRanking,
  parseShapeUsage,
  parseShow,
  parseSlots,
  parseTags,
  parseUsage,
} from './parse.ts';

describe('an address', () => {
  it.each([
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434'],
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000'],
    ['https://gpu.local/v1/', 'https://gpu.local'],
    ['HTTP://GPU.local:80/', 'http://gpu.local'],
    ['http://[::1]:1234', 'http://[::1]:1234'],
  ])('%s is %s', (typed, origin) => {
    expect(parseOrigin(typed)).toBe(origin);
  });

  it.each([
    '',
    'gpu.local',
    '127.0.0.1:8000',
    'ftp://gpu.local',
    'file:///etc/passwd',
    'http://anna:secret@gpu.local',
    'http://gpu.local/api',
    'http://gpu.local/v1?key=x',
    'http://gpu.local/#v1',
    'http://169.254.169.254',
    'http://2852039166',
    'http://metadata.google.internal',
    'http://[fe80::1]:80',
  ])('%j is refused, and what was typed is not repeated', (typed) => {
    const refusal = (() => {
      try {
        return parseOrigin(typed);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: 'invalid_request', facts: { param: 'url' } });
    expect(String(refusal)).not.toContain('secret');
  });
});

describe('what an engine says', () => {
  it('is read as far as it makes sense', () => {
    const entry = { id: 'm', max_model_len: -1, meta: { n_ctx: 512, size: 'big' } };
    expect(parseModelList({ data: [entry, { id: '' }, null] })).toEqual([
      { name: 'm', contextTokens: 512, sizeBytes: 0 },
    ]);
    expect(parseModelList({ data: [{ id: 'l', max_context_length: 4_096 }] })).toMatchObject([
      { contextTokens: 4_096 },
    ]);
    expect(parseTags({ models: [{ name: 'a', size: 5 }, { name: 'b c' }] })).toMatchObject([
      { sizeBytes: 5 },
    ]);
    expect(
      parseShow({ capabilities: ['completion', 'vision'], model_info: { 'x.context_length': '9' } }),
    ).toEqual({
      capabilities: ['chat', 'completions', 'json_schema', 'vision'],
      contextTokens: 0,
    });
    expect(parseCount({ tokens: [1, 2] })).toBe(2);
    expect(parseSlots({ total_slots: 0 })).toBeUndefined();
  });

  it('never makes anything but a list’s reader throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [parseShow, parseLmStudio, parseProbe, parseUsage, parseCount, parseSlots])
          read(value);
        for (const read of [parseModelList, parseTags])
          try {
            read(value);
          } catch (error) {
            expect(error).toMatchObject({ name: 'ZodError' });
          }
      }),
    );
  });
});

describe('an answer of another shape', () => {
  it('has read what came from a cache as well', () => {
    const usage = { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 8 };
    expect(parseShapeUsage({ usage })).toBe(9);
    expect(parseShapeUsage({ usage: { input_tokens: 9, output_tokens: 0 } })).toBe(9);
  });

  it('is none without numbers, and a ranking none without scores', () => {
    for (const value of [undefined, {}, { usage: {} }, { usage: { input_tokens: '9', output_tokens: 1 } }])
      expect(parseShapeUsage(value)).toBeUndefined();
    expect(parseRanking({ results: [{ index: 1, relevance_score: 0.5 }] })).toBe(1);
    for (const value of [undefined, [], { results: [{ index: -1, relevance_score: 1 }] }, { results: ['x'] }])
      expect(parseRanking(value)).toBeUndefined();
  });

  it('comes from a model that is for something, if its list says so in words', () => {
    const list = (task: unknown) => parseModelList({ data: [{ id: 'm', task }] })[0]?.task;
    expect(list('automatic-speech-recognition')).toBe('automatic-speech-recognition');
    for (const task of [undefined, '', 7, null, 'x'.repeat(500)]) expect(list(task)).toBeUndefined();
  });
});
