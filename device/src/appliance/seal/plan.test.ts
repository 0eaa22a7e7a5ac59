import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLabel } from '../../claim/parse.ts';
import { parseKeyFile } from '../../identity/parse.ts';
import { planMachine, RANDOM_BYTES, type Randomness } from './plan.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const randomness: fc.Arbitrary<Randomness> = fc.record({
  seed: bytes(RANDOM_BYTES.seed),
  claimSecret: bytes(RANDOM_BYTES.claimSecret),
  hotspotPassword: bytes(RANDOM_BYTES.hotspotPassword),
  claimEpoch: bytes(RANDOM_BYTES.claimEpoch),
});

test('whatever the randomness, every part reads back where it is used', () => {
  fc.assert(
    fc.property(randomness, (random) => {
      const { keyFile, secrets, facts } = planMachine(random);
      expect(parseKeyFile(keyFile)?.seed).toEqual(random.seed);
      expect(parseLabel(secrets.claim_secret)).toBe(secrets.claim_secret);
      expect(secrets.hotspot_password).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/);
      expect(facts.short_name).toMatch(/^B3IQ-[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(facts.hotspot_ssid).toBe(facts.short_name);
      expect(facts.claim_epoch).toMatch(/^[0-9a-f]{32}$/);
      expect(JSON.stringify(facts)).not.toContain(secrets.claim_secret);
      expect(JSON.stringify(facts)).not.toContain(secrets.hotspot_password);
    }),
    { numRuns: 30 },
  );
});

test('each secret has bytes of its own: changing one changes that part alone', () => {
  const zeros: Randomness = {
    seed: new Uint8Array(RANDOM_BYTES.seed),
    claimSecret: new Uint8Array(RANDOM_BYTES.claimSecret),
    hotspotPassword: new Uint8Array(RANDOM_BYTES.hotspotPassword),
    claimEpoch: new Uint8Array(RANDOM_BYTES.claimEpoch),
  };
  const base = planMachine(zeros);
  const other = planMachine({
    ...zeros,
    hotspotPassword: new Uint8Array(RANDOM_BYTES.hotspotPassword).fill(7),
  });
  expect(other.secrets.hotspot_password).not.toBe(base.secrets.hotspot_password);
  expect(other.secrets.claim_secret).toBe(base.secrets.claim_secret);
  expect(other.keyFile).toBe(base.keyFile);
  expect(other.facts).toEqual(base.facts);
});
