import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeRate, enter, leave, newMeter } from './state.ts';
import type { KeyLimits } from './types.ts';

const limits = (rest: Partial<KeyLimits>): KeyLimits => ({
  requestsPerMinute: undefined,
  tokensPerDay: undefined,
  concurrency: undefined,
  ...rest,
});

describe('a key’s meter', () => {
  it('lets a full minute’s worth in at once, then one per refill, and says exactly when', () => {
    const five = limits({ requestsPerMinute: 5 });
    const meter = newMeter(five, 0);
    for (let i = 0; i < 5; i++) expect(enter(meter, five, 0).kind).toBe('entered');
    expect(enter(meter, five, 0)).toEqual({ kind: 'too-often', retryAfterS: 12 });
    expect(enter(meter, five, 11_000)).toEqual({ kind: 'too-often', retryAfterS: 1 });
    expect(enter(meter, five, 12_000).kind).toBe('entered');
  });

  it('costs nothing when refused for too many at once', () => {
    const both = limits({ requestsPerMinute: 2, concurrency: 1 });
    const meter = newMeter(both, 0);
    enter(meter, both, 0);
    for (let i = 0; i < 10; i++) expect(enter(meter, both, 0)).toEqual({ kind: 'too-many-at-once' });
    leave(meter);
    expect(enter(meter, both, 0).kind).toBe('entered');
  });

  it('counts calls in flight even without any limit', () => {
    const meter = newMeter(limits({}), 0);
    enter(meter, limits({}), 0);
    enter(meter, limits({}), 0);
    leave(meter);
    expect(meter.active).toBe(1);
  });

  it('never lets more in than bucket and places allow, and Retry-After is enough', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ waitMs: fc.nat(5_000), finish: fc.boolean() }), { maxLength: 100 }),
        (perMinute, concurrency, steps) => {
          const both = limits({ requestsPerMinute: perMinute, concurrency });
          const meter = newMeter(both, 0);
          let now = 0;
          let entered = 0;
          for (const { waitMs, finish } of steps) {
            now += waitMs;
            const outcome = enter(meter, both, now);
            if (outcome.kind === 'entered') entered += 1;
            if (outcome.kind === 'too-often') {
              now += outcome.retryAfterS * 1000;
              expect(enter(meter, both, now).kind).toBe('entered');
              entered += 1;
            }
            if (finish && meter.active > 0) leave(meter);
            expect(meter.active).toBeLessThanOrEqual(concurrency);
            expect(entered).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-6);
          }
        },
      ),
    );
  });

  it('gains nothing from a clock that goes back', () => {
    const one = limits({ requestsPerMinute: 1 });
    const meter = newMeter(one, 60_000);
    enter(meter, one, 60_000);
    expect(enter(meter, one, 0).kind).toBe('too-often');
  });

  it('goes on under another rate with what was used of the last minute', () => {
    const [five, sixty, two] = [5, 60, 2].map((n) => limits({ requestsPerMinute: n }));
    if (five === undefined || sixty === undefined || two === undefined) throw new Error('three were made');
    const meter = newMeter(five, 0);
    for (let i = 0; i < 5; i++) enter(meter, five, 0);
    changeRate(meter, five, sixty, 0);
    expect(meter.bucket).toBe(55);
    for (let i = 0; i < 55; i++) expect(enter(meter, sixty, 0).kind).toBe('entered');
    changeRate(meter, sixty, two, 0);
    expect(enter(meter, two, 0)).toEqual({ kind: 'too-often', retryAfterS: 30 });
    changeRate(meter, two, two, 0); // the same again gives nothing
    expect(enter(meter, two, 29_999).kind).toBe('too-often');
    expect(enter(meter, two, 30_000).kind).toBe('entered');
  });

  it('begins a first rate with a full bucket, however long it ran without one', () => {
    const none = limits({});
    const two = limits({ requestsPerMinute: 2 });
    const meter = newMeter(none, 0);
    enter(meter, none, 1);
    changeRate(meter, none, two, 2);
    for (let i = 0; i < 2; i++) expect(enter(meter, two, 2).kind).toBe('entered');
    expect(enter(meter, two, 2).kind).toBe('too-often');
  });
});
