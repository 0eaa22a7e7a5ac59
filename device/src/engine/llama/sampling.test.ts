import { expect, test } from 'vitest';
import { chooseBy, logprobsOf, SAMPLING_DEFAULTS } from './sampling.ts';

const OPEN = { frequencyPenalty: 0, presencePenalty: 0, logitBias: new Map<number, number>() };

test('what the client leaves open is the model’s advice; one wish switches the others off', () => {
  expect(chooseBy(OPEN, SAMPLING_DEFAULTS, 0, 0.5)).toEqual({ ...SAMPLING_DEFAULTS, seed: 2 ** 31 });
  expect(chooseBy({ ...OPEN, topP: 0.5, temperature: 0 }, SAMPLING_DEFAULTS, 0, 0)).toEqual({
    temperature: 0,
    topP: 0.5,
    topK: 0,
    minP: 0,
    seed: 0,
  });
  expect(chooseBy({ ...OPEN, topK: 3 }, SAMPLING_DEFAULTS, 0, 0)).toMatchObject({
    topK: 3,
    topP: 1,
    minP: 0,
  });
  expect(chooseBy({ ...OPEN, minP: 0.2 }, SAMPLING_DEFAULTS, 0, 0)).toMatchObject({
    topK: 0,
    topP: 1,
    minP: 0.2,
  });
});

test('each choice has a seed of its own, also at the end of the numbers', () => {
  const seeds = [0, 1, 2].map(
    (choice) => chooseBy({ ...OPEN, seed: 2 ** 32 - 2 }, SAMPLING_DEFAULTS, choice, 0).seed,
  );
  expect(seeds).toEqual([4294967294, 4294967295, 0]);
});

test('the temperature is taken out of probabilities again', () => {
  const logits = new Map([
    ['a', 2],
    ['b', 1],
    ['c', -1],
  ]);
  const at = (temperature: number) => {
    const sum = [...logits.values()].reduce((total, logit) => total + Math.exp(logit / temperature), 0);
    return new Map([...logits].map(([token, logit]) => [token, Math.exp(logit / temperature) / sum]));
  };
  const cold = logprobsOf(at(1), 'b', 3, 0);
  const hot = logprobsOf(at(1.7), 'b', 3, 1.7);
  expect(hot.chosen).toBeCloseTo(cold.chosen, 6);
  expect(hot.top.map(([token]) => token)).toEqual(['a', 'b', 'c']);
  for (const [at, [, logprob]] of cold.top.entries()) expect(hot.top[at]?.[1]).toBeCloseTo(logprob, 6);
  expect(cold.top.reduce((sum, [, logprob]) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 6);
});

test('a token that could not be chosen has no probability', () => {
  expect(logprobsOf(new Map([['a', 1]]), 'z', 1, 0).chosen).toBe(Number.NEGATIVE_INFINITY);
});
