/** Judges forms before they are sent: what is missing, how good a password is. Pure; the machine judges again. */
import { parseLabel, parseName, parseToken } from './parse.ts';
import type { ClaimForm, ClaimFormErrors, NewPasswordErrors, NewPasswordForm, Strength } from './types.ts';

/** @see wire/src/local-api.ts ownerPassword */
export const PASSWORD_MIN = 10;
const PASSWORD_MAX = 256;

/** Errors of the claim form beside its password; empty when it may be sent. */
export function judgeClaim(form: ClaimForm, secretKind: 'label' | 'token'): ClaimFormErrors {
  const secret = secretKind === 'label' ? parseLabel(form.secret) : parseToken(form.secret);
  return {
    ...(secret === undefined && {
      secret: secretKind === 'label' ? ('error_secret_label' as const) : ('error_secret_token' as const),
    }),
    ...(parseName(form.name) === undefined && { name: 'error_name' as const }),
  };
}

/** What is wrong with a new password; it is asked for twice only while it cannot be seen. */
export function judgeNewPassword(form: NewPasswordForm): NewPasswordErrors {
  if (form.password.length < PASSWORD_MIN) return { password: 'error_password_short' };
  if (form.password.length > PASSWORD_MAX) return { password: 'error_password_long' };
  return form.isShown || form.again === form.password ? {} : { again: 'error_password_again' };
}

/**
 * A hint, not a gate: length first, then how much of it repeats, runs in order or repeats the owner's name.
 * The wire's rule (10 characters) is the only thing that refuses.
 */
export function strengthOf(password: string, ownerName: string): Strength {
  if (password.length < PASSWORD_MIN) return { kind: 'short', missing: PASSWORD_MIN - password.length };
  const lower = password.toLowerCase();
  const name = ownerName.trim().toLowerCase();
  const rest = name.length >= 3 ? lower.replaceAll(name, '') : lower;
  const different = new Set(rest).size;
  const surprising = countSurprising(rest);
  if (different < 5 || surprising < 7 || /password|passwort|qwerty|letmein|b3iq/.test(lower))
    return { kind: 'weak' };
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  return surprising >= 16 || (surprising >= 12 && kinds >= 3) ? { kind: 'good' } : { kind: 'fair' };
}

/** Characters that neither repeat their neighbour nor continue a run such as `abc` or `321`. */
function countSurprising(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const step = i === 0 ? 99 : text.charCodeAt(i) - text.charCodeAt(i - 1);
    if (Math.abs(step) > 1) count += 1;
  }
  return count;
}
