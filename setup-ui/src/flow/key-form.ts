/** The new-key form: what is typed, what is wrong with it, and the request it becomes. Separate and pure; time is an argument. */
import type { KeyPriority, KeyScope, LocalKey, NewKeyRequest } from '@b3iq/wire/local-api';
import { parseLimit, parseName } from './parse.ts';

/** Largest limits the machine takes. @see wire/src/local-api.ts newKeyRequest */
export const LIMIT_MAX = { rpm: 1_000_000, tpd: 10_000_000_000, concurrency: 10_000 } as const;
export type LimitName = keyof typeof LIMIT_MAX;

/** Days until a key ends; `never` until it is revoked. */
export const LIFETIMES = ['never', '7', '30', '90', '365'] as const;
export type Lifetime = (typeof LIFETIMES)[number];

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

export type KeyFormErrors = Partial<Readonly<Record<'name' | 'scopes' | 'models' | LimitName, true>>>;
export type KeyFormAnswer =
  | { readonly kind: 'ready'; readonly request: NewKeyRequest }
  | { readonly kind: 'wrong'; readonly errors: KeyFormErrors };

/** The request, or what has to be corrected first. @param nowMs  Unix ms, for the day the key ends */
export function readKeyForm(form: KeyForm, nowMs: number): KeyFormAnswer {
  const name = parseName(form.name);
  const rpm = parseLimit(form.rpm, LIMIT_MAX.rpm);
  const tpd = parseLimit(form.tpd, LIMIT_MAX.tpd);
  const concurrency = parseLimit(form.concurrency, LIMIT_MAX.concurrency);
  const lacksModels = !form.isEveryModel && form.models.length === 0;
  if (
    name === undefined ||
    rpm === undefined ||
    tpd === undefined ||
    concurrency === undefined ||
    form.scopes.length === 0 ||
    lacksModels
  )
    return {
      kind: 'wrong',
      errors: {
        ...(name === undefined && { name: true }),
        ...(form.scopes.length === 0 && { scopes: true }),
        ...(lacksModels && { models: true }),
        ...(rpm === undefined && { rpm: true }),
        ...(tpd === undefined && { tpd: true }),
        ...(concurrency === undefined && { concurrency: true }),
      },
    };
  return {
    kind: 'ready',
    request: {
      name,
      scopes: [...form.scopes],
      models: form.isEveryModel ? null : [...form.models],
      requests_per_minute: rpm,
      tokens_per_day: tpd,
      concurrency,
      priority: form.priority,
      expires_at:
        form.lifetime === 'never' ? null : new Date(nowMs + Number(form.lifetime) * 86_400_000).toISOString(),
    },
  };
}

export type KeyLife = 'active' | 'revoked' | 'expired';

/** Whether a key still opens anything. @param nowMs  Unix ms */
export function lifeOf(key: Pick<LocalKey, 'revoked_at' | 'expires_at'>, nowMs: number): KeyLife {
  if (key.revoked_at !== null) return 'revoked';
  return key.expires_at !== null && Date.parse(key.expires_at) <= nowMs ? 'expired' : 'active';
}
