/**
 * Keys with a budget for the day, once today's use was read from the ledger. Separate from the ring, which counts but
 * does not know where the counting began: while that is unknown no such key is let in, so none starts from zero.
 */
import { CodedError } from '../errors.ts';
import type { KeyRing, KeyUsage } from './key-ring.ts';
import type { Keys } from './port.ts';

export interface DailyBudgets extends Keys {
  /** Reads today's use; once is enough. Tried again at each call of a budgeted key. Rejects as `readUsage` does. */
  restore(): Promise<void>;
}

/** @param readUsage  what each key spent since midnight UTC */
export function dailyBudgets(
  keys: Pick<KeyRing, 'authenticate' | 'restore'>,
  readUsage: () => Promise<KeyUsage>,
): DailyBudgets {
  let isKnown = false;
  let reading: Promise<void> | undefined;
  const restore = (): Promise<void> => {
    reading ??= readUsage()
      .then((usage) => {
        keys.restore(usage);
        isKnown = true;
      })
      .finally(() => {
        if (!isKnown) reading = undefined;
      });
    return reading;
  };
  return {
    restore,
    authenticate(secret) {
      const key = keys.authenticate(secret);
      if (isKnown || key.limits.tokensPerDay === undefined) return key;
      restore().catch(() => undefined); // the caller is told below; the next call sees whether it worked
      throw new CodedError(
        'ledger_unavailable',
        'What this key has used today cannot be read from the receipts right now, so its budget is not known.',
        { retryAfterS: 2 },
      );
    },
  };
}
