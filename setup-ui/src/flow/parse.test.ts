import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatLabel,
  parseLabel,
  parseLimit,
  parseName,
  parseToken,
  recoveryFromFragment,
  ssidToHex,
  tameName,
  tokenFromFragment,
} from './parse.ts';

describe('a setup token', () => {
  it.each([
    ['#token=abc-DEF_123', 'abc-DEF_123'],
    ['#a=1&token=abc12345', 'abc12345'],
    ['#token=', undefined],
    ['#tokens=abc', undefined],
    ['', undefined],
    [`#token=${'x'.repeat(129)}`, undefined],
  ])('in %s is %s', (fragment, token) => {
    expect(tokenFromFragment(fragment)).toBe(token);
  });

  it.each([
    ['  abc-DEF_123\n', 'abc-DEF_123'],
    ['http://127.0.0.1:8831/setup/#token=abc-DEF_123', 'abc-DEF_123'],
    ['http://127.0.0.1:8831/setup/', undefined],
    ['two words', undefined],
    ['', undefined],
  ])('pasted as %j is %s', (pasted, token) => {
    expect(parseToken(pasted)).toBe(token);
  });
});

describe('a label code', () => {
  it.each(['7K4M-Q2XD', '7k4mq2xd', ' 7k4m q2xd ', '7K4M–Q2XD', '7K4M_Q2XD'])('reads %j', (typed) => {
    expect(parseLabel(typed)).toBe('7K4MQ2XD');
  });
  it('reads O, I and L as the digits they are mistaken for', () => {
    expect(parseLabel('OIL0-1234')).toBe('01101234');
  });
  it.each(['', '7K4M-Q2X', '7K4M-Q2XDD', '7K4M-Q2XU', '7K4M-Q2X!'])('refuses %j', (typed) => {
    expect(parseLabel(typed)).toBeUndefined();
  });
  it('gets its dash while it is typed', () => {
    expect(['7', '7k4m', '7k4mq', '7k4m-q2xd', '7k4mq2xdextra'].map(formatLabel)).toEqual([
      '7',
      '7K4M',
      '7K4M-Q',
      '7K4M-Q2XD',
      '7K4M-Q2XD',
    ]);
  });
  it('reads back what its own format shows', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{8}$/), (code) => {
        expect(parseLabel(formatLabel(code))).toBe(code);
      }),
    );
  });
});

describe('a network name', () => {
  it('becomes the hex of its UTF-8 bytes, 1 to 32 of them', () => {
    expect(ssidToHex('Maple')).toBe('4d61706c65');
    expect(ssidToHex('ü')).toBe('c3bc');
    expect(ssidToHex('')).toBeUndefined();
    expect(ssidToHex('x'.repeat(32))).toHaveLength(64);
    expect(ssidToHex('ü'.repeat(17))).toBeUndefined();
  });
  it('from the air can neither hide, turn the text around, nor run on', () => {
    expect(tameName('a\u202Eb\u0000c\u200B')).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(Array.from(tameName('🦊'.repeat(99)))).toHaveLength(40);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
        expect(tameName(name)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a limit', () => {
  it.each([
    ['', null],
    [' 60 ', 60],
    ['50,000', 50_000],
    ["50'000", 50_000],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['lots', undefined],
    ['100001', undefined],
  ])('typed as %j is %s', (typed, limit) => {
    expect(parseLimit(typed, 100_000)).toBe(limit);
  });
});

it('takes a name of 1 to 64 visible characters', () => {
  expect(parseName('  Mira ')).toBe('Mira');
  for (const bad of ['', '   ', 'x'.repeat(65), 'a\u0007b', 'a\u202Eb'])
    expect(parseName(bad)).toBeUndefined();
});

describe('the recovery code in a link', () => {
  it.each([
    ['#recovery=R2TT-VH36', 'R2TT-VH36'],
    ['#recovery=', undefined],
    ['#token=abc', undefined],
    [`#recovery=${'A'.repeat(65)}`, undefined],
  ])('in %s is %s', (fragment, code) => {
    expect(recoveryFromFragment(fragment)).toBe(code);
  });
});
