import { describe, expect, it } from 'vitest';
import { judgeClaim, judgeNewPassword, strengthOf } from './judge.ts';

const form = { secret: '7k4m-q2xd', name: 'Mira' };

describe('the claim form', () => {
  it('may be sent when all is there', () => {
    expect(judgeClaim(form, 'label')).toEqual({});
    expect(judgeClaim({ ...form, secret: 'abcdefghijkl' }, 'token')).toEqual({});
  });
  it('names one error for each field', () => {
    expect(judgeClaim({ secret: '', name: ' ' }, 'label')).toEqual({
      secret: 'error_secret_label',
      name: 'error_name',
    });
    expect(judgeClaim({ ...form, secret: '' }, 'token')).toEqual({ secret: 'error_secret_token' });
  });
});

describe('a new password', () => {
  const typed = { password: 'winter harbour 42', again: 'winter harbour 42', isShown: false };
  it('is taken when both fields say the same', () => {
    expect(judgeNewPassword(typed)).toEqual({});
  });
  it('is asked for twice only while it cannot be seen', () => {
    const typo = { ...typed, again: 'winter harbor 42' };
    expect(judgeNewPassword(typo)).toEqual({ again: 'error_password_again' });
    expect(judgeNewPassword({ ...typo, isShown: true })).toEqual({});
  });
  it('is held to the wire’s bounds', () => {
    const judge = (length: number) =>
      judgeNewPassword({ password: 'x'.repeat(length), again: '', isShown: true }).password;
    expect(judge(9)).toBe('error_password_short');
    expect(judge(10)).toBeUndefined();
    expect(judge(256)).toBeUndefined();
    expect(judge(257)).toBe('error_password_long');
  });
});

describe('password strength', () => {
  it.each([
    ['short', 'short'],
    ['aaaaaaaaaaaa', 'weak'],
    ['abcdefghijkl', 'weak'],
    ['1234567890', 'weak'],
    ['password2026!', 'weak'],
    ['miramiramira', 'weak'],
    ['blue river', 'fair'],
    ['winter harbour 42', 'good'],
    ['T7#kq9!vLx2m', 'good'],
  ])('of %s is %s', (password, kind) => {
    expect(strengthOf(password, 'Mira').kind).toBe(kind);
  });
  it('says how many characters are missing', () => {
    expect(strengthOf('1234567', '')).toEqual({ kind: 'short', missing: 3 });
  });
});
