/** How a token is chosen: the client's wishes over the model's advice, in the engine's terms, and what its probabilities
 *  were. Separate from the token loop because it is arithmetic. */
import type { Sampling } from '../openai/types.ts';

/** Used for what the client leaves open. */
export interface SamplingDefaults {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
}

/** llama.cpp's own, for models whose makers wrote nothing better into the file. */
export const SAMPLING_DEFAULTS: SamplingDefaults = { temperature: 0.8, topP: 0.95, topK: 40, minP: 0.05 };

export interface Choosing {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  /** 32-bit unsigned. */
  readonly seed: number;
}

/**
 * A client that names any of top_p, top_k or min_p means that one alone: the others are switched off.
 * @param choice  0-based number of the choice; each gets a seed of its own
 * @param random  in [0, 1), for clients without a seed
 */
export function chooseBy(
  sampling: Sampling,
  defaults: SamplingDefaults,
  choice: number,
  random: number,
): Choosing {
  const isOpen = sampling.topP === undefined && sampling.minP === undefined && sampling.topK === undefined;
  return {
    temperature: sampling.temperature ?? defaults.temperature,
    topP: sampling.topP ?? (isOpen ? defaults.topP : 1),
    topK: sampling.topK ?? (isOpen ? defaults.topK : 0),
    minP: sampling.minP ?? (isOpen ? defaults.minP : 0),
    seed: ((sampling.seed ?? Math.floor(random * 2 ** 32)) + choice) >>> 0,
  };
}

export interface Logprobs<T> {
  readonly chosen: number;
  /** Likeliest first. */
  readonly top: readonly (readonly [token: T, logprob: number])[];
}

/**
 * Natural logarithms of the model's probabilities among the tokens that could be chosen, with the temperature taken out
 * again: `p ∝ exp(logit / T)`, so `T · log p` is the logit up to a sum.
 * @param probabilities  likeliest first
 */
export function logprobsOf<T>(
  probabilities: ReadonlyMap<T, number>,
  chosen: T,
  top: number,
  temperature: number,
): Logprobs<T> {
  const scale = temperature > 0 ? temperature : 1;
  const scaled = [...probabilities].map(([token, p]) => [token, Math.log(p) * scale] as const);
  const highest = scaled[0]?.[1] ?? 0;
  const sum = scaled.reduce((total, [, value]) => total + Math.exp(value - highest), 0);
  const norm = highest + Math.log(sum);
  const found = scaled.find(([token]) => token === chosen)?.[1] ?? Number.NEGATIVE_INFINITY;
  return { chosen: found - norm, top: scaled.slice(0, top).map(([token, value]) => [token, value - norm]) };
}
