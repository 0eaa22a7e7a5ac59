/** The form of a key: what is typed, what is wrong with it, the request or the change it becomes. Separate and pure; time is an argument. */
import type { KeyChange, KeyPriority, KeyScope, LocalKey, NewKeyRequest } from '@b3iq/wire/local-api';
import { parseLimit, parseName } from './parse.ts';

/** Largest limits the machine takes. @see wire/src/local-api/keys.ts */
export const LIMIT_MAX = { rpm: 1_000_000, tpd: 10_000_000_000, concurrency: 10_000 } as const;
export type LimitName = keyof typeof LIMIT_MAX;

export const LIMITS = ['rpm', 'tpd', 'concurrency'] as const satisfies readonly LimitName[];

/** Days until a key ends; `never` until it is revoked. */
export const LIFETIMES = ['never', '7', '30', '90', '365'] as const;
/** `kept`: it ends when it did before. */
export type Lifetime = (typeof LIFETIMES)[number] | 'kept';

export interface KeyForm extends Readonly<Record<LimitName, string>> {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly isEveryModel: boolean;
  readonly models: readonly string[];
  readonly lifetime: Lifetime;
  readonly priority: KeyPriority;
}

export const emptyKeyForm: KeyForm = {
  name: '',
  scopes: ['inference'],
  isEveryModel: true,
  models: [],
  rpm: '',
  tpd: '',
  concurrency: '',
  lifetime: 'never',
  priority: 'normal',
};

/** The form filled with a key as it is. */
export function formOf(key: LocalKey): KeyForm {
  return {
    name: key.name,
    scopes: key.scopes,
    isEveryModel: key.models === null,
    models: key.models ?? [],
    rpm: key.requests_per_minute?.toString() ?? '',
    tpd: key.tokens_per_day?.toString() ?? '',
    concurrency: key.concurrency?.toString() ?? '',
    lifetime: key.expires_at === null ? 'never' : 'kept',
    priority: key.priority,
  };
}

export type KeyFormErrors = Partial<Readonly<Record<'name' | 'scopes' | 'models' | LimitName, true>>>;

/** What has to be corrected before it is sent; empty when nothing. */
export function judgeKeyForm(form: KeyForm): KeyFormErrors {
  return {
    ...(parseName(form.name) === undefined && { name: true }),
    ...(form.scopes.length === 0 && { scopes: true }),
    ...(!form.isEveryModel && form.models.length === 0 && { models: true }),
    ...Object.fromEntries(
      LIMITS.filter((name) => parseLimit(form[name], LIMIT_MAX[name]) === undefined).map((name) => [
        name,
        true,
      ]),
    ),
  };
}

/** What the form asks for. @param form  judged before     @param nowMs  Unix ms, for the day the key ends */
export function requestOf(form: KeyForm, nowMs: number): NewKeyRequest {
  const limit = (name: LimitName) => parseLimit(form[name], LIMIT_MAX[name]) ?? null;
  const { lifetime } = form;
  return {
    name: parseName(form.name) ?? form.name,
    scopes: [...form.scopes],
    models: form.isEveryModel ? null : [...form.models],
    requests_per_minute: limit('rpm'),
    tokens_per_day: limit('tpd'),
    concurrency: limit('concurrency'),
    priority: form.priority,
    ...(lifetime !== 'kept' && {
      expires_at: lifetime === 'never' ? null : new Date(nowMs + Number(lifetime) * 86_400_000).toISOString(),
    }),
  };
}

/** Only what differs from the key as it is, so that a change made elsewhere meanwhile stays; undefined when nothing does. */
export function changesOf(key: LocalKey, wanted: NewKeyRequest): KeyChange | undefined {
  const text = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
  const differing = Object.entries(wanted).filter(
    ([name, value]) => text(value) !== text(key[name as keyof NewKeyRequest]), // entries forget the names
  );
  return differing.length === 0 ? undefined : Object.fromEntries(differing);
}

export type KeyLife = 'active' | 'revoked' | 'expired';

/** Whether a key still opens anything. @param nowMs  Unix ms */
export function lifeOf(key: Pick<LocalKey, 'revoked_at' | 'expires_at'>, nowMs: number): KeyLife {
  if (key.revoked_at !== null) return 'revoked';
  return key.expires_at !== null && Date.parse(key.expires_at) <= nowMs ? 'expired' : 'active';
}
