import { describe, expect, it } from 'vitest';
import en from './strings/en.json' with { type: 'json' };
import {
  ageOf,
  fill,
  formatAge,
  formatBytes,
  formatCountdown,
  formatDay,
  formatDuration,
  formatNumber,
  formatSize,
  formatSpeed,
  plural,
  spanOf,
} from './text.ts';

describe('sentences', () => {
  it('take their values, and show a gap nobody filled', () => {
    expect(fill('{a} of {b}, {a}', { a: 1, b: 'x' })).toBe('1 of x, 1');
    expect(fill('{a}', {})).toBe('{a}');
  });
  it('count one and many', () => {
    expect([0, 1, 1284].map((count) => plural(count, 'one', '{count} many'))).toEqual([
      '0 many',
      'one',
      '1,284 many',
    ]);
  });
  it('keep the house’s tone: no exclamation marks, no straight quotes, no empty string', () => {
    for (const [group, strings] of Object.entries(en))
      for (const [key, sentence] of Object.entries(strings))
        expect(sentence.length > 0 && !/[!"]|'/.test(sentence), `${group}.${key}: ${sentence}`).toBe(true);
  });
});

describe('numbers', () => {
  it('sizes of models are decimal, as memory for them is told', () => {
    expect([900, 2_340_000, 120e6, 5_225_374_496].map(formatSize)).toEqual([
      '1 kB',
      '2.3 MB',
      '120 MB',
      '5.2 GB',
    ]);
  });
  it('carry a unit people know', () => {
    expect([0, 900, 2_340_000, 15.6 * 2 ** 30, 953 * 2 ** 30].map(formatBytes)).toEqual([
      '0 bytes',
      '900 bytes',
      '2.2 MB',
      '15.6 GB',
      '953 GB',
    ]);
    expect([0.21, 40, 100, 3600, 7500, 200_000].map(formatDuration)).toEqual([
      '0.2 s',
      '40 s',
      '2 min',
      '1 h',
      '2 h 5 min',
      '2 days',
    ]);
    expect([-3, 12, 125, 7200, 400_000].map(formatAge)).toEqual(['0 s', '12 s', '2 min', '2 h', '4 days']);
    expect([84.25, 120.4].map(formatSpeed)).toEqual(['84.3', '120']);
    expect(formatNumber(12_840)).toBe('12,840');
  });
  it('count down as a clock that never shows zero early', () => {
    expect([754, 59.2, 0.1, 0, -5].map(formatCountdown)).toEqual(['12:34', '1:00', '0:01', '0:00', '0:00']);
  });
  it('say a span in words', () => {
    expect([-1, 1, 40, 60, 125, 3600, 7500, 200_000].map(spanOf)).toEqual([
      '0 seconds',
      '1 second',
      '40 seconds',
      '1 minute',
      '2 minutes',
      '1 hour',
      '2 hours',
      '2 days',
    ]);
  });
  it('give no age when one of the two clocks must be wrong', () => {
    const nowMs = Date.parse('2026-11-10T10:00:00Z');
    expect(ageOf('2026-11-10T09:57:00Z', nowMs)).toBe(180);
    expect(ageOf('2026-11-10T10:00:30Z', nowMs)).toBe(0);
    for (const wrong of ['2026-11-10T11:00:00Z', '2012-01-01T00:00:00Z', 'yesterday'])
      expect(ageOf(wrong, nowMs)).toBeUndefined();
  });
  it('write a day as people do, and leave alone what is none', () => {
    expect(['2031-11-30', '2026-11-09T09:00:00.000Z', 'soon'].map(formatDay)).toEqual([
      '30 Nov 2031',
      '9 Nov 2026',
      'soon',
    ]);
  });
});
