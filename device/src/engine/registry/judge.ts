/**
 * What several engines with the same model are to whoever asks for that model: one state, one description, and the one
 * to take next. Pure; separate so that each rule can be read and tried without an engine.
 */
import type { EngineAddress, EngineState, ServedModel } from '../port.ts';

/** The best comes first: one copy that answers is enough. */
const BEST_FIRST: readonly EngineState['name'][] = [
  'ready',
  'starting',
  'idle',
  'restarting',
  'failed',
  'stopped',
];

/** The state of all copies together: that of the best, and of those the one that is back first. `stopped` without any. */
export function stateOfCopies(states: readonly EngineState[]): EngineState {
  let best: EngineState | undefined;
  for (const state of states) {
    const order = best === undefined ? -1 : BEST_FIRST.indexOf(state.name) - BEST_FIRST.indexOf(best.name);
    if (order < 0 || (order === 0 && (state.retryAtMs ?? Infinity) < (best?.retryAtMs ?? Infinity)))
      best = state;
  }
  return best ?? { name: 'stopped' };
}

/** The other computer an engine is on; `undefined` when it is this one. */
export function computerOf(address: EngineAddress): string | undefined {
  if (address.kind === 'socket') return undefined;
  const { hostname } = new URL(address.origin);
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname) ? undefined : hostname;
}

/** What every copy can do: a call may land on any of them. `undefined` without any. */
export function commonModel(models: readonly ServedModel[]): ServedModel | undefined {
  const [first, ...rest] = models;
  if (first === undefined || rest.length === 0) return first;
  return {
    ...first,
    contextTokens: Math.min(...models.map(({ contextTokens }) => contextTokens)),
    capabilities: first.capabilities.filter((each) =>
      rest.every((other) => other.capabilities.includes(each)),
    ),
  };
}

/** A copy as far as the choice goes. */
export interface Loaded {
  /** Requests it works on. */
  readonly active: number;
  /** ≥ 1. */
  readonly slots: number;
  readonly isReady: boolean;
}

/**
 * The copy for the next call: ready, and with the smallest part of its slots taken. Between equals the earlier one, whose
 * cache of prompts is the warmer. One that is not ready only when none is.
 */
export function leastLoaded<Copy extends Loaded>(copies: Iterable<Copy>): Copy | undefined {
  let best: Copy | undefined;
  for (const copy of copies) {
    if (best === undefined || (copy.isReady && !best.isReady)) best = copy;
    else if (copy.isReady === best.isReady && copy.active * best.slots < best.active * copy.slots)
      best = copy;
  }
  return best;
}
