/** Pages, lights and decisions of the flow as plain data. Separate so that pure code and islands share one vocabulary. */
import type { JoinFailure, SetupStep } from '@b3iq/wire/local-api';

export const PAGES = [
  'welcome',
  'claim',
  'network',
  'first-answer',
  'endpoint',
  'sign-in',
  'dashboard',
  'machine',
  'insight',
  'models',
  'benchmark',
  'receipt',
] as const;
export type Page = (typeof PAGES)[number];

/** Where a page goes after hearing from the machine. */
export type Decision = { readonly kind: 'stay' } | { readonly kind: 'go'; readonly path: string };

/** Whether the machine answers: not asked yet, yes, or not for the moment. */
export type Contact = 'loading' | 'online' | 'reconnecting';

export const LIGHT_WORDS = [
  'checking',
  'reconnecting',
  'setting_up',
  'updating',
  'no_network',
  'attention',
  'starting',
  'restarting',
  'stopped',
  'no_model',
  'ready',
] as const;
export type LightWord = (typeof LIGHT_WORDS)[number];

/** The light beside the machine's name. `tone` colours it, `word` says the same in letters. */
export interface Light {
  readonly tone: 'idle' | 'ok' | 'busy' | 'warn' | 'bad';
  readonly word: LightWord;
}

export type StepProgress = 'done' | 'now' | 'later';
export interface StepView {
  readonly step: Exclude<SetupStep, 'done'>;
  readonly progress: StepProgress;
}

/** What the owner typed on the claim page, beside the password. */
export interface ClaimForm {
  readonly secret: string;
  readonly name: string;
}
/** One error per field at most; values are names of strings in `claim`. */
export interface ClaimFormErrors {
  readonly secret?: 'error_secret_label' | 'error_secret_token';
  readonly name?: 'error_name';
}

export interface NewPasswordForm {
  readonly password: string;
  readonly again: string;
  readonly isShown: boolean;
}
/** As `ClaimFormErrors`. */
export interface NewPasswordErrors {
  readonly password?: 'error_password_short' | 'error_password_long';
  readonly again?: 'error_password_again';
}

export type Strength =
  | { readonly kind: 'short'; readonly missing: number }
  | { readonly kind: 'weak' | 'fair' | 'good' };

export type { JoinFailure };
