import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyBudget,
  leftOn,
  type Reservation,
  reconcile,
  reserve,
  secondsToMidnight,
  shrink,
  spend,
  spentOn,
  startOfUtcDay,
} from './budget.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;

describe('a daily token budget', () => {
  it('gives what is wanted while there is room, then only what is left, then nothing', () => {
    const budget = emptyBudget();
    expect(reserve(budget, 100, NOON, 1, 60)).toMatchObject({ kind: 'reserved', tokens: 60 });
    expect(reserve(budget, 100, NOON, 1, 60)).toMatchObject({ kind: 'reserved', tokens: 40 });
    expect(reserve(budget, 100, NOON, 1, 60)).toEqual({ kind: 'exceeded', left: 0, held: 100 });
    expect(reserve(budget, 100, NOON, 0, 0)).toEqual({ kind: 'exceeded', left: 0, held: 100 });
  });

  it('refuses when less than the least is left, and holds nothing then', () => {
    const budget = emptyBudget();
    expect(reserve(budget, 10, NOON, 11, 20)).toEqual({ kind: 'exceeded', left: 10, held: 0 });
    expect(leftOn(budget, 10, NOON)).toBe(10);
  });

  it('frees what a call did not use and counts what it did', () => {
    const budget = emptyBudget();
    const outcome = reserve(budget, 100, NOON, 1, 80);
    if (outcome.kind !== 'reserved') throw new Error('expected room');
    const smaller = shrink(budget, outcome.reservation, 70);
    expect(leftOn(budget, 100, NOON)).toBe(30);
    reconcile(budget, smaller, 25);
    expect(leftOn(budget, 100, NOON)).toBe(75);
    expect(spentOn(budget, NOON)).toBe(25);
  });

  it('counts a call towards the day it began, and starts each day anew', () => {
    const budget = emptyBudget();
    const outcome = reserve(budget, 100, NOON, 1, 100);
    if (outcome.kind !== 'reserved') throw new Error('expected room');
    expect(leftOn(budget, 100, NOON + DAY)).toBe(100);
    reconcile(budget, outcome.reservation, 90);
    expect(spentOn(budget, NOON + DAY)).toBe(0);
    expect(spentOn(budget, NOON)).toBe(90);
  });

  it('finds the day again after the clock was set forth and back', () => {
    const budget = emptyBudget();
    spend(budget, NOON, 100);
    spend(budget, NOON + 30 * DAY, 1);
    expect(reserve(budget, 100, NOON, 1, 1)).toMatchObject({ kind: 'exceeded' });
  });

  it('forgets old days, but never one with a call still running', () => {
    const budget = emptyBudget();
    reserve(budget, 100, NOON, 1, 50);
    for (let day = 1; day < 20; day++) spend(budget, NOON + day * DAY, 1);
    expect(budget.days.size).toBeLessThanOrEqual(5);
    expect(leftOn(budget, 100, NOON)).toBe(50);
  });

  it('knows when the next day begins', () => {
    expect(secondsToMidnight(NOON)).toBe(43_200);
    expect(secondsToMidnight(startOfUtcDay(NOON) + DAY - 1)).toBe(1);
    expect(startOfUtcDay(NOON)).toBe(Date.UTC(2026, 5, 1));
  });

  it('is never exceeded, whatever the order of starts, finishes and aborts', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('start' as const), prompt: fc.nat(40), wanted: fc.nat(200) }),
      fc.record({
        kind: fc.constant('end' as const),
        which: fc.nat(50),
        used: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
        const budget = emptyBudget();
        const running: Reservation[] = [];
        let spent = 0;
        for (const event of steps) {
          if (event.kind === 'start') {
            const outcome = reserve(budget, limit, NOON, event.prompt, event.prompt + event.wanted);
            if (outcome.kind === 'reserved') running.push(outcome.reservation);
          } else if (running.length > 0) {
            const [reservation] = running.splice(event.which % running.length, 1);
            if (reservation === undefined) continue;
            const used = Math.floor(reservation.tokens * event.used);
            reconcile(budget, reservation, used);
            spent += used;
          }
          const held = running.reduce((sum, { tokens }) => sum + tokens, 0);
          expect(spent + held).toBeLessThanOrEqual(limit);
          expect(leftOn(budget, limit, NOON)).toBe(limit - spent - held);
        }
        for (const reservation of running) reconcile(budget, reservation, 0);
        expect(leftOn(budget, limit, NOON)).toBe(limit - spent);
      }),
    );
  });
});
