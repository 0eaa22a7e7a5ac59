import { describe, expect, it } from 'vitest';
import { judgeClaim, judgePassword, strengthOf } from './judge.ts';

const form = {
  secret: '7k4m-q2xd',
  name: 'Mira',
  password: 'winter harbour 42',
  passwordAgain: 'winter harbour 42',
  isPasswordShown: false,
};

describe('the claim form', () => {
  it('may be sent when all is there', () => {
    expect(judgeClaim(form, 'label')).toEqual({});
    expect(judgeClaim({ ...form, secret: 'abcdefghijkl' }, 'token')).toEqual({});
  });
  it('names one error for each field', () => {
    expect(judgeClaim({ ...form, secret: '', name: ' ', password: 'short' }, 'label')).toEqual({
      secret: 'error_secret_label',
      name: 'error_name',
      password: 'error_password_short',
    });
    expect(judgeClaim({ ...form, secret: '' }, 'token')).toEqual({ secret: 'error_secret_token' });
  });
  it('asks for the password twice only while it cannot be seen', () => {
    const typo = { ...form, passwordAgain: 'winter harbor 42' };
    expect(judgeClaim(typo, 'label')).toEqual({ passwordAgain: 'error_password_again' });
    expect(judgeClaim({ ...typo, isPasswordShown: true }, 'label')).toEqual({});
  });
  it('holds passwords to the wire’s bounds', () => {
    expect(judgePassword('x'.repeat(9))).toBe('error_password_short');
    expect(judgePassword('x'.repeat(10))).toBeUndefined();
    expect(judgePassword('x'.repeat(257))).toBe('error_password_long');
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
