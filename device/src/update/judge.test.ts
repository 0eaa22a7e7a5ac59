import { CLOCK_SKEW_MS, formatTime } from '@b3iq/wire';
import { describe, expect, it } from 'vitest';
import { machineOf, manifestOf, runningSystem } from './fixtures.ts';
import { chooseOffer, contentBytes, downloadBytes, isOutOfDate, judgeManifest } from './judge.ts';
import type { MachineFacts, Obstacle } from './types.ts';

describe('a version on offer', () => {
  const running = (version: number) => ({ running: { ...runningSystem, version } });
  it.each<[string, Obstacle | undefined, Parameters<typeof manifestOf>[0], Partial<MachineFacts>]>([
    ['the next one is taken', undefined, {}, {}],
    ['one far ahead is taken when it allows that', undefined, { version: 90 }, {}],
    ['another kind of image is refused', 'not-for-this-machine', { image_id: 'other' }, {}],
    ['another processor is refused', 'not-for-this-machine', { architecture: 'arm64' }, {}],
    ['another set of drivers is refused', 'not-for-this-machine', { variant: 'nvidia' }, {}],
    ['the running version is refused', 'not-newer', {}, running(2)],
    ['an older one is refused', 'not-newer', {}, running(3)],
    ['one below what has run here is refused', 'not-newer', {}, { floor: 5 }],
    ['what has run here is refused', 'not-newer', {}, { floor: 2 }],
    ['one that failed here is refused', 'failed-before', {}, { failed: [7, 2] }],
    ['one that needs a step in between is refused', 'too-far', { version: 9, minimum_version: 2 }, {}],
    ['exactly the oldest it allows is enough', undefined, { version: 9, minimum_version: 2 }, running(2)],
    ['nothing is written over the way back', 'on-trial', {}, { onTrial: true }],
    ['a bad one is not excused by a trial', 'not-newer', {}, { onTrial: true, ...running(2) }],
  ])('%s', (_, obstacle, manifest, machine) => {
    expect(judgeManifest(manifestOf(manifest), machineOf(machine))).toBe(obstacle);
  });
});

describe('of several offers', () => {
  const offer = (from: 'usb' | 'url', version: number, change = {}) => ({
    from,
    manifest: manifestOf({ version, ...change }),
  });
  it('the highest is taken', () => {
    const offers = [offer('usb', 3), offer('url', 4)];
    expect(chooseOffer(offers, machineOf())).toEqual({ kind: 'take', offer: offers[1] });
  });
  it('a stick is taken before the net when both have it', () => {
    const offers = [offer('usb', 4), offer('url', 4)];
    expect(chooseOffer(offers, machineOf())).toEqual({ kind: 'take', offer: offers[0] });
  });
  it('a lower one is taken when the highest may not be', () => {
    const offers = [offer('usb', 9, { minimum_version: 3 }), offer('url', 3)];
    expect(chooseOffer(offers, machineOf())).toEqual({ kind: 'take', offer: offers[1] });
  });
  it('none is taken when none may be, and the best one’s obstacle is told', () => {
    expect(chooseOffer([offer('usb', 1), offer('url', 2)], machineOf({ failed: [2] }))).toEqual({
      kind: 'none',
      obstacle: 'failed-before',
      version: 2,
    });
  });
  it('none is taken when there is none', () => {
    expect(chooseOffer([], machineOf())).toEqual({
      kind: 'none',
      obstacle: 'nothing-found',
      version: undefined,
    });
  });
});

describe('the newest word of whoever releases', () => {
  const exp = formatTime(Date.UTC(2027, 0, 21));
  it.each([
    [false, 'before its time', { exp }, Date.UTC(2027, 0, 20)],
    [false, 'with a clock a little ahead', { exp }, Date.UTC(2027, 0, 21) + CLOCK_SKEW_MS - 1],
    [true, 'after it', { exp }, Date.UTC(2027, 0, 21) + CLOCK_SKEW_MS],
    [false, 'on a machine whose clock is years behind', { exp }, 0],
    [false, 'without such a promise', {}, Date.UTC(2099, 0, 1)],
  ])('is out of date: %s, %s', (expected, _when, change, nowMs) => {
    expect(isOutOfDate(manifestOf(change), nowMs)).toBe(expected);
  });
});

it('a version weighs what its parts weigh', () => {
  expect(downloadBytes(manifestOf())).toBe(300);
  expect(contentBytes(manifestOf())).toBe(3_000);
});
