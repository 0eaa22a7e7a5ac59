import type { ModelSummary } from '@b3iq/wire/local-api';
import { expect, it } from 'vitest';
import { leavingLine, leavingPoints } from './leaving.ts';

const here: ModelSummary = {
  id: 'm',
  label: 'M',
  self_test: false,
  context_tokens: 1,
  size_bytes: 1,
  state: 'ready',
  capabilities: [],
};
const there = { ...here, elsewhere: 'gaming-pc' };
const collector = 'collector.example:4318';

it('is nothing only while no model is elsewhere and no collector is named', () => {
  expect(leavingLine({ models: [here], counts_to: null })).toBeUndefined();
  expect(leavingPoints({ models: [here], counts_to: null })).toEqual([]);
  expect(leavingLine({ models: [here, there], counts_to: null })).toMatch(/^Prompts for models on other/);
  expect(leavingLine({ models: [here], counts_to: collector })).toBe(
    'Counts of calls go to collector.example:4318, with no prompt in them.',
  );
  expect(leavingLine({ models: [there], counts_to: collector })).toMatch(/^Prompts .* Counts /);
});

it('names each computer once, and what is in the counts and what not', () => {
  const [prompts, counts, ...more] = leavingPoints({ models: [there, there], counts_to: collector });
  expect(prompts).toContain('gaming-pc');
  expect(counts).toContain(collector);
  expect(counts).toMatch(/No prompt, answer, key or caller/);
  expect(more).toEqual([]);
});
