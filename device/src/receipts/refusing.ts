/** A ledger that cannot be used at all, and says why: a machine without its key signs nothing. */
import { CodedError, type ErrorCode } from '../errors.ts';
import type { Ledger } from './port.ts';

/** Every use is refused with `code`; only the count is known, and is zero. */
export function refusingLedger(code: ErrorCode): Ledger {
  const refuse = async (): Promise<never> => {
    throw new CodedError(code);
  };
  return {
    append: refuse,
    list: refuse,
    proof: refuse,
    verify: refuse,
    setAside: refuse,
    usageSince: refuse,
    usageByDay: refuse,
    total: async () => ({ count: 0, lastAtMs: undefined }),
    prove: async () => {},
    close: async () => {},
  };
}
