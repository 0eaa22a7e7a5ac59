import { describe, expect, it } from 'vitest';
import { LIFE_MS, needsRenewal } from './plan.ts';

const DAY = 86_400_000;
const own = { notBeforeMs: 0, notAfterMs: LIFE_MS, names: ['b3iq-n7k4.local', 'b3iq-n7k4-3f.local'] };

describe('the machine’s own certificate', () => {
  it('stays while it is valid and names the machine', () => {
    expect(needsRenewal(own, ['b3iq-n7k4.local'], 0)).toBe(false);
    expect(needsRenewal(own, own.names, LIFE_MS - 60 * DAY)).toBe(false);
  });
  it('is made again two months before it runs out', () => {
    expect(needsRenewal(own, own.names, LIFE_MS - 60 * DAY + 1)).toBe(true);
    expect(needsRenewal(own, own.names, LIFE_MS + DAY)).toBe(true);
  });
  it('is made again when the clock was wrong at the time', () => {
    expect(needsRenewal(own, own.names, -1)).toBe(true);
  });
  it('is made again when the machine has a name that is not in it', () => {
    expect(needsRenewal(own, ['b3iq-aaaa.local'], 0)).toBe(true);
  });
  it('lives no longer than Apple’s devices allow', () => {
    expect(LIFE_MS).toBeLessThanOrEqual(825 * DAY);
  });
});
