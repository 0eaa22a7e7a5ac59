import { describe, expect, it } from 'vitest';
import { expectationFor } from './expectations.ts';
import { fakeRun } from './fake.ts';
import { sentencesOf } from './judge.ts';

const first = (rest: Parameters<typeof fakeRun>[0]) => sentencesOf(fakeRun(rest), null)[0];

describe('what a benchmark means', () => {
  it.each([
    [1.2, 'It writes about 0.9 words a second: slower than most people read.'],
    [6, 'It writes about 5 words a second: about as fast as most people read.'],
    [54.2, 'It writes about 40 words a second: a page in 12 s.'],
    [40, 'It writes about 30 words a second: faster than most people read.'],
    [2_000, 'It writes about 1,500 words a second: a page in 0.3 s.'],
  ])('%f tokens a second is said in words a second', (rate, sentence) => {
    expect(first({ decode_tokens_per_second: rate })).toBe(sentence);
  });
  it.each([
    [40, 'An answer begins at once.'],
    [830, 'An answer begins after about 0.8 s.'],
    [41_000, 'An answer begins after about 41 s.'],
    [240_000, 'An answer begins after about 4 minutes.'],
  ])('%i ms to the first token is a time somebody waits', (ms, sentence) => {
    expect(sentencesOf(fakeRun({ first_token_ms: ms }), null)).toContain(sentence);
  });
  it('says what is left for each of several people, only where several were tried', () => {
    expect(sentencesOf(fakeRun(), null)).toContain(
      'With 4 people at once each gets about 30 words a second.',
    );
    const alone = [{ streams: 1, tokens_per_second: 54, first_token_ms: 200 }];
    expect(sentencesOf(fakeRun({ concurrency: alone }), null).join()).not.toContain('people at once');
  });
  it('leaves out what could not be read', () => {
    expect(sentencesOf(fakeRun(), null)).toContain(
      'The machine reached 71 °C and its graphics drew up to 289 W.',
    );
    const silent = fakeRun({ temperature_c: null, power_w: null });
    expect(sentencesOf(silent, null).join()).not.toMatch(/°C| W\b/);
  });
  it('owns up to a disturbed run and to a self-test', () => {
    const said = sentencesOf(fakeRun({ disturbed: true, self_test: true }), null).join(' ');
    expect(said).toContain('these results are disturbed');
    expect(said).toContain('says nothing about models people use');
  });
});

describe('an expectation', () => {
  const row = { graphics: 'Card', model: 'm', decode_tokens_per_second: 60, source: 'the data sheet' };
  it('is none where none is published, and that is said', () => {
    expect(expectationFor(['Card'], 'm')).toBeNull();
    expect(sentencesOf(fakeRun(), null).at(-1)).toMatch(/^No expectation is published/);
  });
  it('belongs to one card and one model exactly', () => {
    const published = [row];
    expect(expectationFor(['Card'], 'm', published)).toEqual({
      decode_tokens_per_second: 60,
      source: 'the data sheet',
    });
    for (const [cards, model] of [
      [['Card', 'Card'], 'm'],
      [['Other'], 'm'],
      [[], 'm'],
      [['Card'], 'n'],
    ] as const)
      expect(expectationFor(cards, model, published)).toBeNull();
  });
  it('is held against what was measured', () => {
    expect(sentencesOf(fakeRun(), row).at(-1)).toBe(
      'That is 90 % of what the data sheet expects: as it should be.',
    );
    expect(sentencesOf(fakeRun({ decode_tokens_per_second: 30 }), row).at(-1)).toBe(
      'That is 50 % of what the data sheet expects: less than it should be.',
    );
  });
});
