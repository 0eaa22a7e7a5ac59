import type { UpdateAnswer, UpdateState } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { updateAnswer } from './answer.ts';
import { readingOf } from './fixtures.ts';
import * as plan from './plan.ts';
import { defaultUpdateSettings } from './types.ts';

const available = {
  version: '2',
  from: 'url',
  size_bytes: 1,
  released_at: '2026-11-20T00:00:00Z',
  notes: 'n',
} as const;
const answer = (change: Partial<UpdateAnswer>): UpdateAnswer => ({
  ...updateAnswer(readingOf(), defaultUpdateSettings),
  available,
  ...change,
});
const night = (change: Partial<plan.Moment> = {}): plan.Moment => ({
  answer: answer({}),
  isPostponed: false,
  hour: 3,
  lookIsDue: false,
  tryIsDue: true,
  idleForMs: plan.IDLE_MS,
  waitedMs: 0,
  ...change,
});
const ready: UpdateState = { kind: 'ready', version: '2' };

describe('by itself the machine', () => {
  it.each<[string, plan.Step | undefined, plan.Moment]>([
    ['looks when it is time, at any hour', 'look', night({ lookIsDue: true, hour: 14, idleForMs: 0 })],
    [
      'looks also when the owner does not want it to install',
      'look',
      night({ lookIsDue: true, answer: answer({ automatic: false }) }),
    ],
    ['installs at night', 'install', night()],
    ['does not install by day', undefined, night({ hour: 14 })],
    ['does not install a minute before night', undefined, night({ hour: 1 })],
    ['does not install after night', undefined, night({ hour: 5 })],
    [
      'installs by day what has waited for two days without a night',
      'install',
      night({ hour: 14, waitedMs: plan.PATIENCE_MS }),
    ],
    ['does not install while it is used', undefined, night({ idleForMs: plan.IDLE_MS - 1 })],
    ['does not install what is not there', undefined, night({ answer: answer({ available: null }) })],
    ['waits after a failure', undefined, night({ tryIsDue: false })],
    ['does not install when it was postponed', undefined, night({ isPostponed: true })],
    ['does not install when it was turned off', undefined, night({ answer: answer({ automatic: false }) })],
    ['restarts at night', 'restart', night({ answer: answer({ state: ready, available: null }) })],
    [
      'does not restart by day, however long it waited',
      undefined,
      night({ hour: 14, waitedMs: plan.PATIENCE_MS, answer: answer({ state: ready }) }),
    ],
    [
      'does not restart when it was postponed',
      undefined,
      night({ isPostponed: true, answer: answer({ state: ready }) }),
    ],
    [
      'does not look while something waits to be started',
      'restart',
      night({ lookIsDue: true, answer: answer({ state: ready }) }),
    ],
    [
      'leaves a running look alone',
      undefined,
      night({ lookIsDue: true, answer: answer({ state: { kind: 'checking' } }) }),
    ],
    [
      'leaves a trial alone',
      undefined,
      night({ answer: answer({ state: { kind: 'trial', version: '2', tries_left: 2 } }) }),
    ],
  ])('%s', (_, step, moment) => {
    expect(plan.planStep(moment)).toBe(step);
  });

  it('looks for the first time 10 to 40 minutes after the start, and then once in 20 to 28 hours', () => {
    expect(plan.planFirstLook(0)).toBe(10 * 60_000);
    expect(plan.planFirstLook(0.999_999)).toBeLessThan(40 * 60_000);
    expect(plan.planNextLook(0)).toBe(20 * 3_600_000);
    expect(plan.planNextLook(0.999_999)).toBeLessThan(28 * 3_600_000);
  });
});
