/** Keys as the endpoint sees them: who is calling, and may this call start. Separate from how keys are kept. */
import type { KeyPriority, KeyScope } from '@b3iq/wire/local-api';
import type { Meter } from './state.ts';
import type { KeyLimits } from './types.ts';

/** A key that is good right now. */
export interface LiveKey {
  readonly id: string;
  readonly scopes: readonly KeyScope[];
  /** `undefined` is every model. */
  readonly models: ReadonlySet<string> | undefined;
  readonly limits: KeyLimits;
  readonly priority: KeyPriority;
  readonly meter: Meter;
  /** Unix ms. */
  lastUsedAtMs: number | undefined;
}

export interface Keys {
  /** The key whose secret this is. @throws unauthorized, key_expired */
  authenticate(secret: string): LiveKey;
}
