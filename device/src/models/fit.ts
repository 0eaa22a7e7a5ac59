/**
 * Whether a model fits a budget of memory, how well, and with how much context: a verdict with its reason in words.
 * Separate because it is what the catalogue, the supervisor and a buyer ask; `fit/` holds how it is calculated.
 */
import { CELL_STEP, needOf } from './fit/need.ts';
import type { Fit, ModelShape, Need, Serving } from './fit/types.ts';

/** What shall stay free: llama.cpp's own `--fit-target`, 1 GiB. @see common/common.h `fit_params_target` */
export const COMFORT_BYTES = 1024 * 1024 * 1024;
/** Far above any context, for models that do not say theirs. */
const MOST_CONTEXT_TOKENS = 2 ** 26;

/** @param budgetBytes  free for the model in the one memory it is to lie in, or in all that share it */
export function judgeFit(shape: ModelShape, serving: Serving, budgetBytes: number): Fit {
  const need = needOf(shape, serving);
  if (need === undefined) return judgeWeights(shape, serving, budgetBytes);
  const left = budgetBytes - need.totalBytes;
  const largestContextTokens = largestContext(shape, serving, budgetBytes);
  const sum = sumOf(need, serving);
  if (left < 0) {
    const cure = cureOf(need.weightBytes > budgetBytes, largestContextTokens);
    const reason = `${sum} That is ${size(-left)} more than the ${size(budgetBytes)} there are${cure}`;
    return { kind: 'does-not-fit', need, largestContextTokens, reason };
  }
  const isTight = left < COMFORT_BYTES;
  const reason = `${sum} ${isTight ? 'Only ' : ''}${size(left)} of ${size(budgetBytes)} stay free.`;
  return { kind: isTight ? 'tight' : 'comfortable', need, largestContextTokens, reason };
}

/** What is certain when the header does not tell everything: weights that do not fit will not with a context either. */
function judgeWeights({ weightBytes, memory }: ModelShape, { kvType }: Serving, budgetBytes: number): Fit {
  const verdict = (kind: Fit['kind'], reason: string, largestContextTokens?: number): Fit => ({
    kind,
    need: undefined,
    largestContextTokens,
    reason,
  });
  if (weightBytes === undefined)
    return verdict('unknown', 'This is one part of several; without the others its size cannot be told.');
  const weights = `The weights alone need ${size(weightBytes)}`;
  if (weightBytes > budgetBytes)
    return verdict('does-not-fit', `${weights}, and there are ${size(budgetBytes)}.`, 0);
  const why = memory.kind === 'unknown' ? memory.why : `its layers cannot be kept as ${kvType}`;
  return verdict('unknown', `${weights}. What its context needs cannot be told: ${why}.`);
}

/** The most that fits, by halving: more context never needs less. */
function largestContext(shape: ModelShape, serving: Serving, budgetBytes: number): number {
  const fits = (contextTokens: number): boolean => {
    const need = needOf(shape, { ...serving, contextTokens });
    return need !== undefined && need.totalBytes <= budgetBytes;
  };
  const most = shape.contextTokens ?? MOST_CONTEXT_TOKENS;
  if (fits(most)) return most;
  let [low, high] = [0, Math.ceil(most / CELL_STEP)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * CELL_STEP)) low = middle;
    else high = middle;
  }
  return low * CELL_STEP;
}

function sumOf({ totalBytes, weightBytes, contextBytes, computeBytes }: Need, serving: Serving): string {
  const { contextTokens, slots } = serving;
  const conversations = slots === 1 ? 'a conversation' : `${slots} conversations`;
  const context = `${size(contextBytes)} for ${conversations} of ${tokens(contextTokens)}`;
  return `It needs ${size(totalBytes)}: ${size(weightBytes)} of weights, ${context} and ${size(computeBytes)} to compute.`;
}

function cureOf(isWeights: boolean, largestContextTokens: number): string {
  if (isWeights) return '; the weights alone are more.';
  if (largestContextTokens === 0) return ', with any context.';
  return `; with at most ${tokens(largestContextTokens)} it would fit.`;
}

const tokens = (count: number): string => `${count.toLocaleString('en')} tokens`;
/** Decimal, as memory of models is usually told. */
const size = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
