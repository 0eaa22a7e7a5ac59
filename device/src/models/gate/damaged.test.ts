import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damagedHeader, judgeDamaged } from './fixtures/damaged.ts';

/** A hundredth of what `make bench PART=header-gate` tries. */
const COUNT = Number(process.env.HEADER_COUNT ?? 10_000);

test(`${COUNT} damaged headers are each found sound, and are so, or refused with a sentence`, () => {
  const outcomes = new Set<string>();
  const property = fc.property(damagedHeader, (damaged) => void outcomes.add(judgeDamaged(damaged)));
  fc.assert(property, { numRuns: COUNT, seed: 1 });
  // The damage reaches everything: files stay sound, and nearly every reason to refuse one is met.
  expect(outcomes).toContain('sound');
  expect(outcomes.size).toBeGreaterThan(30);
  for (const outcome of outcomes) expect(outcome).toMatch(/^sound$|^[A-Z][^\n]{10,200}\.$/);
}, 60_000);
