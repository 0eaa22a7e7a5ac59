import type { JoinState, NetworksAnswer } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { isOffline, joinedOf, movesTo, noAir, onAir, pauseMs, viewOf } from './state.ts';
import type { AirEvent, AirState } from './types.ts';

const answer = (change: Partial<NetworksAnswer> = {}): NetworksAnswer => ({
  networks: [],
  age_s: 40,
  join: { kind: 'idle' },
  hotspot: { ssid: 'B3IQ-N7K4', up: true },
  refresh: { kind: 'idle' },
  current: null,
  wired: null,
  next_url: 'http://b3iq-n7k4.local/',
  ...change,
});
const heard = (nowMs: number, change: Partial<NetworksAnswer> = {}): AirEvent => ({
  kind: 'heard',
  answer: answer(change),
  nowMs,
});
const joining = (phase: 'associating' | 'address' | 'internet'): JoinState => ({
  kind: 'joining',
  ssid: 'Maple',
  phase,
});
const failed = (at: string): JoinState => ({ kind: 'failed', ssid: 'Maple', reason: 'wrong-password', at });
const asked = (nowMs: number): AirEvent => ({ kind: 'asked', what: { kind: 'join', ssid: 'Maple' }, nowMs });
const after = (...events: readonly AirEvent[]): AirState => events.reduce(onAir, noAir);

describe('joining', () => {
  it('shows each phase with its time', () => {
    const state = after(
      heard(0),
      asked(1000),
      heard(1500, { join: joining('associating') }),
      heard(2500, { join: joining('associating') }),
      heard(6500, { join: joining('address') }),
    );
    expect(viewOf(state, 9000)).toEqual({
      kind: 'joining',
      ssid: 'Maple',
      elapsedS: 8,
      isAway: false,
      isLate: false,
      phases: [
        { phase: 'associating', progress: 'done', tookS: 5 },
        { phase: 'address', progress: 'now', tookS: 2 },
        { phase: 'internet', progress: 'later', tookS: undefined },
      ],
    });
  });

  it('goes on through silence, and says when the machine has had its time', () => {
    const state = after(
      heard(0),
      asked(1000),
      { kind: 'unsure', nowMs: 2000 },
      { kind: 'missed', nowMs: 4000 },
    );
    expect(viewOf(state, 20_000)).toMatchObject({ kind: 'joining', isAway: true, isLate: false });
    expect(viewOf(state, 62_000)).toMatchObject({ kind: 'joining', isAway: true, isLate: true });
    expect(pauseMs(state)).toBe(1000);
  });

  it('ends with a failure that is new, also when only that was heard', () => {
    const state = after(
      heard(0, { join: failed('2026-11-10T10:00:00Z') }),
      asked(1000),
      { kind: 'unsure', nowMs: 2000 },
      heard(40_000, { join: failed('2026-11-10T10:01:00Z') }),
    );
    expect(viewOf(state, 40_000)).toEqual({ kind: 'choosing' });
    expect(state.hasLostRequest).toBe(false);
  });

  it('is told as lost when nothing has changed and its answer never came', () => {
    const old = failed('2026-11-10T10:00:00Z');
    const unsure = after(heard(0, { join: old }), asked(1000), { kind: 'unsure', nowMs: 2000 });
    expect(onAir(unsure, heard(9000, { join: old })).hasLostRequest).toBe(true);
    expect(viewOf(onAir(unsure, heard(9000, { join: old })), 9000)).toEqual({ kind: 'choosing' });
  });

  it('waits a moment for a request that is still on its way', () => {
    const state = after(heard(0), asked(1000), heard(2000));
    expect(viewOf(state, 2000).kind).toBe('joining');
    expect(onAir(state, heard(9500)).hasLostRequest).toBe(true);
  });

  it('forgets a lost request with the next try', () => {
    const lost = after(heard(0), asked(1000), heard(9500));
    expect(onAir(lost, asked(10_000)).hasLostRequest).toBe(false);
  });

  it('begun elsewhere, or before a reload, is followed as well', () => {
    const state = after(heard(500, { join: joining('address') }));
    expect(viewOf(state, 3500)).toMatchObject({ kind: 'joining', elapsedS: 3 });
    expect(viewOf(onAir(state, heard(4000, { join: { ...failed('x') } })), 4000)).toEqual({
      kind: 'choosing',
    });
  });

  it('ends when the machine refuses it', () => {
    expect(viewOf(after(heard(0), asked(1000), { kind: 'settled' }), 1000)).toEqual({ kind: 'choosing' });
  });
});

describe('listening again', () => {
  const listen: AirEvent = { kind: 'asked', what: { kind: 'listen' }, nowMs: 1000 };
  const announced = heard(1100, { refresh: { kind: 'announced', starts_in_s: 3 } });

  it('counts down to the silence, then through it, then says that it should be over', () => {
    const state = after(heard(0), listen, announced);
    expect(viewOf(state, 1100)).toEqual({ kind: 'announced', leftS: 3 });
    const away = onAir(state, { kind: 'missed', nowMs: 4500 });
    expect(viewOf(away, 4500)).toEqual({ kind: 'listening', leftS: 12 });
    expect(viewOf(away, 17_000)).toEqual({ kind: 'listening', leftS: 0 });
    expect(viewOf(away, 25_000)).toEqual({ kind: 'overdue' });
  });
  it('takes the machine’s own word for how long it still is', () => {
    const state = after(heard(0), heard(2000, { refresh: { kind: 'away', back_in_s: 6 } }));
    expect(viewOf(state, 3000)).toEqual({ kind: 'listening', leftS: 5 });
  });
  it('shows silence at once, also sooner than announced', () => {
    const state = after(heard(0), listen, announced, { kind: 'missed', nowMs: 2000 });
    expect(viewOf(state, 2000).kind).toBe('listening');
  });
  it('is over with the next quiet answer', () => {
    const state = after(heard(0), listen, announced, { kind: 'missed', nowMs: 5000 }, heard(14_000));
    expect(viewOf(state, 14_000)).toEqual({ kind: 'choosing' });
    expect(pauseMs(state)).toBe(10_000);
  });
  it('is not ended by an answer to an earlier question', () => {
    expect(viewOf(after(heard(0), listen, heard(1200)), 1200)).toEqual({ kind: 'listening', leftS: 0 });
  });
  it('whose answer was lost is waited for as long as usual', () => {
    const state = after(heard(0), listen, { kind: 'unsure', nowMs: 3000 });
    expect(viewOf(state, 3000)).toEqual({ kind: 'listening', leftS: 12 });
    expect(viewOf(state, 24_000)).toEqual({ kind: 'overdue' });
    expect(viewOf(onAir(state, heard(16_000)), 16_000)).toEqual({ kind: 'choosing' });
  });
});

describe('forgetting', () => {
  const forget: AirEvent = { kind: 'asked', what: { kind: 'forget', ssid: 'Maple' }, nowMs: 1000 };
  it('shows the way back while the machine is gone, and is over when it answers', () => {
    const away = after(heard(0), forget, { kind: 'unsure', nowMs: 5000 });
    expect(viewOf(away, 5000)).toEqual({ kind: 'forgetting', ssid: 'Maple', isAway: true });
    expect(viewOf(onAir(away, heard(30_000)), 30_000)).toEqual({ kind: 'choosing' });
  });
});

describe('a page', () => {
  it('that has heard nothing yet says nothing', () => {
    expect(viewOf(noAir, 0)).toEqual({ kind: 'loading' });
    expect(viewOf(after({ kind: 'missed', nowMs: 5 }), 10)).toEqual({ kind: 'loading' });
    expect(viewOf(after({ kind: 'unsure', nowMs: 5 }), 10)).toEqual({ kind: 'loading' });
  });
  it('looks more often while the machine is away', () => {
    expect(pauseMs(after(heard(0), { kind: 'missed', nowMs: 5 }))).toBe(2000);
  });
  it.each([
    ['http://b3iq-n7k4.local/', 'http://10.42.0.1', 'http://b3iq-n7k4.local/'],
    ['http://b3iq-n7k4.local/', 'http://b3iq-n7k4.local', undefined],
    ['http://b3iq-n7k4.local/', 'http://b3iq-n7k4.local:8080', 'http://b3iq-n7k4.local/'],
    [null, 'http://10.42.0.1', undefined],
    [undefined, 'http://10.42.0.1', undefined],
    ['javascript:alert(1)//', 'http://10.42.0.1', undefined],
  ])('whose machine goes to %s from %s moves to %s', (next, origin, expected) => {
    expect(movesTo(next, origin)).toBe(expected);
  });
});

describe('a network in use', () => {
  const current = { ssid: 'Maple', address: '192.168.20.31', internet: true };
  const cable = { address: '172.20.0.9', internet: false };
  it.each([
    ['idle', { kind: 'idle' }, current],
    ['joined', { kind: 'joined', ...current, internet: false }, current],
    ['failed', failed('x'), undefined],
    ['joining', joining('address'), undefined],
  ] as const)('is shown as it is now, after a restart too, while the join is %s', (_kind, join, expected) => {
    expect(joinedOf(answer({ join, current }))).toEqual(expected);
    expect(joinedOf(answer({ join }))).toBeUndefined();
  });
  it('is offline when no way of the machine leads to the internet', () => {
    expect(joinedOf(undefined)).toBeUndefined();
    expect(isOffline(answer())).toBe(false);
    expect(isOffline(answer({ wired: cable }))).toBe(true);
    expect(isOffline(answer({ wired: cable, current }))).toBe(false);
    expect(isOffline(answer({ current: { ...current, internet: false } }))).toBe(true);
  });
});
