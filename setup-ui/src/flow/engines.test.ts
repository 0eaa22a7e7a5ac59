import type { EngineSummary } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import {
  addressIn,
  elsewhere,
  engineNameIn,
  isEngineKey,
  newEngine,
  suggestedName,
  toneOf,
} from './engines.ts';

const summary = (rest: Partial<EngineSummary>): EngineSummary => ({
  name: 'box',
  kind: 'openai',
  url: 'http://127.0.0.1:8000',
  has_key: false,
  state: 'ready',
  reason: null,
  models: ['box/m'],
  counts_prompts: true,
  ...rest,
});

describe('what is typed', () => {
  it.each([
    ['127.0.0.1:11434', 'http://127.0.0.1:11434'],
    [' gpu.local:8000/v1 ', 'http://gpu.local:8000/v1'],
    ['https://gpu.local', 'https://gpu.local'],
    ['HTTP://GPU.local', 'HTTP://GPU.local'],
  ])('%j is the address %s', (typed, address) => {
    expect(addressIn(typed)).toBe(address);
  });

  it.each(['', '   ', 'two words', 'ftp://gpu.local', 'file:///etc/passwd', 'javascript://x', 'http://'])(
    '%j is no address',
    (typed) => {
      expect(addressIn(typed)).toBeUndefined();
    },
  );

  it('is a name of small letters, digits and hyphens', () => {
    expect(engineNameIn(' Gaming-PC ')).toBe('gaming-pc');
    for (const typed of ['', '-a', 'a-', 'a/b', 'a b', 'ä', 'x'.repeat(33)])
      expect(engineNameIn(typed)).toBeUndefined();
  });

  it('is sent as it is meant, and a key only when there is one', () => {
    const typed = { name: 'Box', url: 'gpu.local:8000', key: ' ', kind: 'openai' as const };
    expect(newEngine(typed)).toEqual({ name: 'box', kind: 'openai', url: 'http://gpu.local:8000' });
    expect(newEngine({ ...typed, key: ' sk-1 ' })).toMatchObject({ api_key: 'sk-1' });
    expect([isEngineKey(''), isEngineKey(' sk-1 '), isEngineKey('two words'), isEngineKey('ä')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

it('names what was found after the program that usually listens there, and no two alike', () => {
  const at = (url: string, kind: 'openai' | 'ollama' = 'openai') => ({ kind, url, models: [] });
  expect(suggestedName(at('http://127.0.0.1:11434', 'ollama'), [])).toBe('ollama');
  expect(suggestedName(at('http://127.0.0.1:1234'), [])).toBe('lm-studio');
  expect(suggestedName(at('http://127.0.0.1:9'), [])).toBe('engine');
  expect(suggestedName(at('http://127.0.0.1:8000'), ['vllm', 'vllm-2'])).toBe('vllm-3');
});

it('tells how an engine is, and leaves out the machine’s own', () => {
  expect(toneOf(summary({}))).toBe('ready');
  expect(toneOf(summary({ models: [] }))).toBe('nothing');
  expect(toneOf(summary({ state: 'starting' }))).toBe('looking');
  for (const state of ['failed', 'restarting', 'stopped'] as const)
    expect(toneOf(summary({ state }))).toBe('away');
  expect(elsewhere([summary({ kind: 'own' }), summary({})])).toHaveLength(1);
});
