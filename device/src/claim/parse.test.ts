import { CROCKFORD, encodeBase32 } from '@b3iq/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPasswordHash,
  inGroups,
  isSameName,
  parseLabel,
  parsePasswordHash,
  parseRecoveryCode,
  parseToken,
} from './parse.ts';
import { planStep } from './plan.ts';

describe('a label’s code', () => {
  it.each([
    ['7K4M2QX9', '7K4M2QX9'],
    [' 7k4m-2qx9 ', '7K4M2QX9'],
    ['7k4m 2qx9', '7K4M2QX9'],
    ['OoIiLl-–00', '00111100'],
  ])('typed as %j is %s', (typed, plain) => {
    expect(parseLabel(typed)).toBe(plain);
  });

  it.each([
    '',
    '7K4M2QX',
    '7K4M2QX99',
    'UUUUUUUU',
    '7K4M2QX!',
    '７Ｋ４Ｍ２ＱＸ９',
    '-'.repeat(8),
    'A'.repeat(10_000),
  ])('cannot be %j', (typed) => {
    expect(parseLabel(typed)).toBeUndefined();
  });
});

describe('a recovery code', () => {
  it('comes back from how it is shown, in any case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 15, maxLength: 15 }), (bytes) => {
        const code = encodeBase32(bytes, CROCKFORD);
        const shown = inGroups(code);
        expect(shown).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(parseRecoveryCode(shown)).toBe(code);
        expect(parseRecoveryCode(shown.toLowerCase().replaceAll('-', ' '))).toBe(code);
      }),
    );
  });
});

describe('a setup token', () => {
  const token = `${'a'.repeat(40)}-_9`;
  it('is taken alone or from the whole printed link', () => {
    expect(parseToken(`  ${token}\n`)).toBe(token);
    expect(parseToken(`http://127.0.0.1:8831/setup/#token=${token}`)).toBe(token);
  });
  it.each(['', 'x', `${token}x`, `${token.slice(1)}=`, `#token=${token}&x`])('cannot be %j', (typed) => {
    expect(parseToken(typed)).toBeUndefined();
  });
});

describe('names', () => {
  it('are the same in any case and look-alike form', () => {
    expect(isSameName('Ada', ' ada')).toBe(true);
    expect(isSameName('Zoë', 'Zoe\u0308')).toBe(true);
    expect(isSameName('Ada', 'Eda')).toBe(false);
  });
});

describe('a stored password hash', () => {
  const good = { memoryKib: 32_768, passes: 3, parallelism: 1, salt: 'A'.repeat(22), hash: 'b'.repeat(43) };
  it('comes back as it was written', () => {
    expect(parsePasswordHash(formatPasswordHash(good))).toEqual(good);
  });
  it.each([
    ['', ''],
    ['another kind', '$argon2i$v=19$m=32768,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$bbbbbbbbbbbbbbbbbbbbbb'],
    ['more memory than a machine has', formatPasswordHash({ ...good, memoryKib: 9_999_999 })],
    ['no pass', formatPasswordHash({ ...good, passes: 0 })],
    ['many passes', formatPasswordHash({ ...good, passes: 99 })],
    ['many lanes', formatPasswordHash({ ...good, parallelism: 16 })],
    ['no memory', formatPasswordHash({ ...good, memoryKib: 1 })],
    ['no salt', formatPasswordHash({ ...good, salt: '' })],
  ])('with %s is refused', (_what, phc) => {
    expect(parsePasswordHash(phc)).toBeUndefined();
  });
});

describe('the wizard step', () => {
  it.each([
    [false, null, true, 'welcome'],
    [false, 'done', false, 'welcome'],
    [true, null, true, 'claim'],
    [true, null, false, 'claim'],
    [true, 'claim', true, 'claim'],
    [true, 'network', false, 'first-answer'],
    [true, 'network', true, 'network'],
    [true, 'welcome', false, 'welcome'],
    [true, 'endpoint', false, 'endpoint'],
    [true, 'done', true, 'done'],
  ] as const)('claimed %s, stored %s, network step %s: %s', (claimed, stored, networkStep, step) => {
    expect(planStep({ claimed, stored, networkStep })).toBe(step);
  });
});
