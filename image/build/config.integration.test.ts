import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configOf, epochOf, formatBuildFacts, readConfig } from './config.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

describe('what a build is told', () => {
  it('is the development profile, the checkout and the stated version when nothing is said', () => {
    const config = readConfig(top, {});
    expect(config.profile).toBe('dev');
    expect(config.out).toMatch(/dist\/image\/dev$/);
    expect(config.version).toMatch(/^\d+$/);
    expect(epochOf(config.releasedAt)).toBeGreaterThan(1_700_000_000);
  });
  it.each([
    ['a profile that does not exist', { PROFILE: 'best' }, 'dev, release, test, nvidia'],
    ['a version that is no number', { B3IQ_IMAGE_VERSION: '1.2' }, 'whole number'],
    ['a version of zero', { B3IQ_IMAGE_VERSION: '0' }, 'whole number'],
    ['an update address that is not https', { B3IQ_UPDATE_URL: 'http://x.test/' }, 'https'],
    ['an update address that breaks out of its text', { B3IQ_UPDATE_URL: 'https://x/"}' }, 'https'],
  ])('may not be %s', (_, env, message) => {
    expect(() => readConfig(top, env)).toThrow(message);
  });
  it('can be told again from what was published', () => {
    const released = readConfig(top, { PROFILE: 'release', B3IQ_UPDATE_URL: 'https://updates.test/' });
    const again = configOf(readConfig(top, {}), JSON.parse(formatBuildFacts(released)));
    expect(formatBuildFacts(again)).toBe(formatBuildFacts(released));
    expect(again.updateUrl).toBe('https://updates.test/');
    const silent = readConfig(top, {});
    expect(configOf(released, JSON.parse(formatBuildFacts(silent))).updateUrl).toBeUndefined();
  });
});
