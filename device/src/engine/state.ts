/**
 * The life of a supervised engine as (state, event) → {state, effects}. Pure; separate from processes so that every
 * crash, at every moment, can be tried without one.
 */
import type { ErrorCode } from '../errors.ts';
import { planRestart, type SupervisionTimes } from './plan.ts';
import type { EngineState } from './port.ts';

/** Why it is not ready, for the owner. */
interface Trouble {
  readonly code: ErrorCode;
  /** One plain sentence. */
  readonly reason: string;
}

export type Supervision =
  | { readonly kind: 'stopped' }
  /** A process runs. `trouble` is what the owner last heard; it stays until the engine is ready. */
  | {
      readonly kind: 'running';
      readonly ready: boolean;
      readonly sinceMs: number;
      readonly crashes: Crashes;
      readonly trouble: Trouble | undefined;
      readonly killed: string | undefined;
    }
  | {
      readonly kind: 'waiting';
      readonly retryAtMs: number;
      readonly crashes: Crashes;
      readonly trouble: Trouble;
    }
  | { readonly kind: 'stopping' };

/** In a row; `loading` are those before any `ready` since the last stable run. */
interface Crashes {
  readonly all: number;
  readonly loading: number;
  /** Enough of them that the owner is told `failed`. */
  readonly isFailed: boolean;
}

/** All times are monotonic ms. */
export type SupervisionEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'ready' }
  /** The file was refused before or while loading. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string }
  /** The process is gone. `how` such as `SIGABRT` or `exit 1`. */
  | { readonly kind: 'exited'; readonly how: string }
  | { readonly kind: 'stuck'; readonly reason: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'stop' };

export type SupervisionEffect =
  /** Check the file and start a process. */
  | { readonly kind: 'spawn' }
  /** SIGKILL the process and all it started. */
  | { readonly kind: 'kill' }
  /** SIGTERM, then after a bound SIGKILL. */
  | { readonly kind: 'terminate' }
  /** Send `retry` after so long; replaces an earlier one. */
  | { readonly kind: 'retry-in'; readonly delayMs: number }
  | { readonly kind: 'cancel-retry' };

export interface Transition {
  readonly state: Supervision;
  readonly effects: readonly SupervisionEffect[];
}

const NO_CRASHES: Crashes = { all: 0, loading: 0, isFailed: false };

/**
 * @param nowMs     monotonic
 * @param fileName  base name of the model file, for sentences
 */
export function supervise(
  state: Supervision,
  event: SupervisionEvent,
  nowMs: number,
  fileName: string,
  times: SupervisionTimes,
): Transition {
  const stay: Transition = { state, effects: [] };
  switch (event.kind) {
    case 'start':
      return state.kind === 'stopped' ? run(nowMs, NO_CRASHES, undefined) : stay;
    case 'retry':
      return state.kind === 'waiting' ? run(nowMs, state.crashes, state.trouble) : stay;
    case 'ready':
      if (state.kind !== 'running' || state.killed !== undefined) return stay;
      return { state: { ...state, ready: true, sinceMs: nowMs, trouble: undefined }, effects: [] };
    case 'refused':
      if (state.kind !== 'running') return stay;
      return wait(
        { all: state.crashes.all + 1, loading: times.loadAttempts, isFailed: true },
        { code: event.code, reason: event.detail },
        nowMs,
        times,
      );
    case 'stuck':
      if (state.kind !== 'running' || state.killed !== undefined) return stay;
      return { state: { ...state, killed: event.reason }, effects: [{ kind: 'kill' }] };
    case 'exited':
      if (state.kind === 'stopping') return { state: { kind: 'stopped' }, effects: [] };
      return state.kind === 'running' ? crashed(state, event.how, nowMs, fileName, times) : stay;
    case 'stop':
      if (state.kind === 'running') return { state: { kind: 'stopping' }, effects: [{ kind: 'terminate' }] };
      if (state.kind === 'waiting')
        return { state: { kind: 'stopped' }, effects: [{ kind: 'cancel-retry' }] };
      return stay;
  }
}

function run(nowMs: number, crashes: Crashes, trouble: Trouble | undefined): Transition {
  return {
    state: { kind: 'running', ready: false, sinceMs: nowMs, crashes, trouble, killed: undefined },
    effects: [{ kind: 'spawn' }],
  };
}

function crashed(
  state: Extract<Supervision, { kind: 'running' }>,
  how: string,
  nowMs: number,
  fileName: string,
  times: SupervisionTimes,
): Transition {
  const cause = state.killed ?? `The engine ended unexpectedly (${how}).`;
  if (state.ready) {
    const before = nowMs - state.sinceMs >= times.stableMs ? NO_CRASHES : state.crashes;
    const crashes = { all: before.all + 1, loading: 0, isFailed: false };
    return wait(
      crashes,
      { code: 'engine_unavailable', reason: `${cause} It is started again.` },
      nowMs,
      times,
    );
  }
  const loading = state.crashes.loading + 1;
  const isFailed = state.crashes.isFailed || loading >= times.loadAttempts;
  const reason = isFailed
    ? `The engine could not load ${fileName}: it ended ${loading} times in a row (${state.killed ?? how}). The file is damaged or not made for this engine; remove it or fetch it again.`
    : `${cause} Loading ${fileName} is tried again.`;
  const code = isFailed ? 'model_file_refused' : 'engine_unavailable';
  return wait({ all: state.crashes.all + 1, loading, isFailed }, { code, reason }, nowMs, times);
}

function wait(crashes: Crashes, trouble: Trouble, nowMs: number, times: SupervisionTimes): Transition {
  const delayMs = crashes.isFailed ? times.failedDelayMs : planRestart(crashes.all, times);
  return {
    state: { kind: 'waiting', retryAtMs: nowMs + delayMs, crashes, trouble },
    effects: [{ kind: 'retry-in', delayMs }],
  };
}

/** The state as the rest of the agent sees it. @param wallOffsetMs  wall time minus monotonic time */
export function engineStateOf(state: Supervision, wallOffsetMs: number): EngineState {
  switch (state.kind) {
    case 'stopped':
    case 'stopping':
      return { name: 'stopped' };
    case 'running':
      if (state.ready) return { name: 'ready' };
      if (state.trouble === undefined) return { name: 'starting' };
      return troubled(state.crashes, state.trouble);
    case 'waiting':
      return {
        ...troubled(state.crashes, state.trouble),
        retryAtMs: Math.round(state.retryAtMs + wallOffsetMs),
      };
  }
}

function troubled(crashes: Crashes, trouble: Trouble): EngineState {
  return crashes.isFailed
    ? { name: 'failed', reason: trouble.reason, code: trouble.code }
    : { name: 'restarting', reason: trouble.reason };
}
