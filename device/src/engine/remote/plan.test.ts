import { expect, it } from 'vitest';
import { planLook, REMOTE_TIMES, servedId } from './plan.ts';

it('looks less and less often at an engine that is away, and never less than once a minute', () => {
  expect([0, 1, 2, 3, 7, 99].map((failures) => planLook(failures, REMOTE_TIMES))).toEqual([
    10_000, 1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
});

it.each([
  ['meta-llama/Llama-3.1-8B', 'box/meta-llama/Llama-3.1-8B'],
  ['llama3.2:3b', 'box/llama3.2:3b'],
  ['/home/anna/models/Qwen3.gguf', 'box/Qwen3'],
  ['C:\\Users\\Anna\\Qwen3.GGUF', 'box/Qwen3'],
])('calls %s %s', (model, id) => {
  expect(servedId('box', model)).toBe(id);
});
