import { expect, test } from 'vitest';
import { SUPERVISION_TIMES as TIMES } from './plan.ts';
import { engineStateOf, type Supervision, type SupervisionEvent, supervise } from './state.ts';

/** Plays events at given times and keeps what happened. */
function play(
  events: readonly (readonly [atMs: number, event: SupervisionEvent])[],
  from: Supervision = { kind: 'stopped' },
) {
  let state = from;
  const effects: unknown[] = [];
  const shown: string[] = [];
  for (const [atMs, event] of events) {
    const next = supervise(state, event, atMs, 'm.gguf', TIMES);
    state = next.state;
    effects.push(...next.effects);
    shown.push(engineStateOf(state, 0).name);
  }
  return { state, effects, shown, last: engineStateOf(state, 1_000_000) };
}
const START = { kind: 'start' } as const;
const READY = { kind: 'ready' } as const;
const RETRY = { kind: 'retry' } as const;
const STOP = { kind: 'stop' } as const;
const died = (how = 'SIGSEGV') => ({ kind: 'exited', how }) as const;

test('a start spawns, ready is ready, a stop terminates and waits for the end', () => {
  const { shown, effects, last } = play([
    [0, START],
    [1, READY],
    [2, STOP],
    [3, died('SIGTERM')],
  ]);
  expect(shown).toEqual(['starting', 'ready', 'stopped', 'stopped']);
  expect(effects).toEqual([{ kind: 'spawn' }, { kind: 'terminate' }]);
  expect(last).toEqual({ name: 'stopped' });
});

test('a crash is told, waits longer each time, and is forgotten after a stable minute', () => {
  const { shown, effects, state } = play([
    [0, START],
    [1, READY],
    [10, died()],
    [510, RETRY],
    [520, READY],
    [530, died()],
  ]);
  expect(shown).toEqual(['starting', 'ready', 'restarting', 'restarting', 'ready', 'restarting']);
  expect(effects).toEqual([
    { kind: 'spawn' },
    { kind: 'retry-in', delayMs: 500 },
    { kind: 'spawn' },
    { kind: 'retry-in', delayMs: 1_000 },
  ]);
  expect(engineStateOf(state, 1_000_000)).toEqual({
    name: 'restarting',
    reason: 'The engine ended unexpectedly (SIGSEGV). It is started again.',
    retryAtMs: 1_001_530,
  });
  const later = play(
    [
      [1_530, RETRY],
      [1_540, READY],
      [1_540 + TIMES.stableMs, died()],
    ],
    state,
  );
  expect(later.effects.at(-1)).toEqual({ kind: 'retry-in', delayMs: 500 });
});

test('three crashes before the first ready make a failure that names the file and is still tried, slowly', () => {
  const { shown, effects, last } = play([
    [0, START],
    [1, died('SIGABRT')],
    [501, RETRY],
    [502, died('SIGABRT')],
    [1502, RETRY],
    [1503, died('SIGABRT')],
    [400_000, RETRY],
    [400_001, died('SIGABRT')],
  ]);
  expect(shown).toEqual([
    'starting',
    'restarting',
    'restarting',
    'restarting',
    'restarting',
    'failed',
    'failed',
    'failed',
  ]);
  expect(effects.at(-1)).toEqual({ kind: 'retry-in', delayMs: TIMES.failedDelayMs });
  expect(last).toMatchObject({ name: 'failed', code: 'model_file_refused' });
  expect(last.reason).toMatch(/^The engine could not load m\.gguf: it ended 4 times in a row \(SIGABRT\)\./);
});

test('a failed engine that comes up is simply ready, and its next crash is an ordinary one', () => {
  const { shown, last } = play([
    [0, START],
    [1, { kind: 'refused', code: 'model_file_refused', detail: 'm.gguf is not a model.' }],
    [2, RETRY],
    [3, READY],
    [4, died()],
  ]);
  expect(shown).toEqual(['starting', 'failed', 'failed', 'ready', 'restarting']);
  expect(last).toMatchObject({ name: 'restarting' });
});

test('a refusal is told at once in its own words', () => {
  const { last, state } = play([
    [0, START],
    [5, { kind: 'refused', code: 'engine_unavailable', detail: 'No memory.' }],
  ]);
  expect(last).toEqual({
    name: 'failed',
    code: 'engine_unavailable',
    reason: 'No memory.',
    retryAtMs: 1_000_005 + TIMES.failedDelayMs,
  });
  expect(play([[6, died('exit 1')]], state).last).toEqual(last);
});

test('a stuck engine is killed once, and its end is told as what it was', () => {
  const stuck = { kind: 'stuck', reason: 'The engine did not respond.' } as const;
  const ready = play([
    [0, START],
    [1, READY],
    [2, stuck],
    [3, stuck],
    [4, READY],
    [5, died('SIGKILL')],
  ]);
  expect(ready.effects).toEqual([{ kind: 'spawn' }, { kind: 'kill' }, { kind: 'retry-in', delayMs: 500 }]);
  expect(ready.last.reason).toBe('The engine did not respond. It is started again.');
  const loading = play([
    [0, START],
    [1, stuck],
    [2, READY],
    [3, died('SIGKILL')],
  ]);
  expect(loading.last.reason).toBe('The engine did not respond. Loading m.gguf is tried again.');
});

test('a stop while waiting cancels the retry', () => {
  const { effects, last } = play([
    [0, START],
    [1, died()],
    [2, STOP],
  ]);
  expect(effects.at(-1)).toEqual({ kind: 'cancel-retry' });
  expect(last).toEqual({ name: 'stopped' });
});

test('events that come too late change nothing', () => {
  const waiting = play([
    [0, START],
    [1, died()],
  ]).state;
  const states: Supervision[] = [{ kind: 'stopped' }, { kind: 'stopping' }, waiting];
  const late: SupervisionEvent[] = [
    READY,
    { kind: 'stuck', reason: 'x' },
    { kind: 'refused', code: 'internal', detail: 'x' },
  ];
  for (const state of states)
    for (const event of late) expect(supervise(state, event, 9, 'm', TIMES)).toEqual({ state, effects: [] });
  expect(play([[9, died()]], waiting).state).toBe(waiting);
  expect(play([[9, START]], waiting).state).toBe(waiting);
  expect(play([[9, RETRY]]).state).toEqual({ kind: 'stopped' });
  expect(play([[9, died()]]).state).toEqual({ kind: 'stopped' });
  expect(play([[9, STOP]]).effects).toEqual([]);
});
