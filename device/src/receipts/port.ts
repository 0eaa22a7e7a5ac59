/** The ledger as the rest of the agent sees it. Separate so that the hot path never meets SQLite or the worker. */
import type { ReceiptProof, ReceiptsAnswer, SetAsideAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import type { CallRecord, TimeSpan, UsageCount } from './types.ts';

export interface Ledger {
  /** Chains, signs and stores the call. Resolves when it is on disk. @throws ledger_unavailable, ledger_damaged, update_on_trial */
  append(call: CallRecord): Promise<void>;
  /** Newest first. `limit` 1–200, `before` a seq. */
  list(query: { readonly limit: number; readonly before?: number }): Promise<ReceiptsAnswer>;
  /** @throws receipt_not_found */
  proof(id: string): Promise<ReceiptProof>;
  /** Walks the whole chain and names the first break. */
  verify(): Promise<VerifyAnswer>;
  /** Tokens each caller has spent since `sinceMs`, and when it was last seen; for budgets after a restart. */
  usageSince(
    sinceMs: number,
  ): Promise<ReadonlyMap<string, { readonly tokens: number; readonly lastAtMs: number }>>;
  /** Calls that began within the span, by day, caller and model, oldest day first. */
  usageByDay(span: TimeSpan): Promise<readonly UsageCount[]>;
  /** Puts a damaged ledger away and begins a new one. @throws ledger_sound when it is not damaged */
  setAside(): Promise<SetAsideAnswer>;
  total(): Promise<{ readonly count: number; readonly lastAtMs: number | undefined }>;
  /** The version of the system that runs has proven itself: from now on its own form may be written. */
  prove(): Promise<void>;
  close(): Promise<void>;
}
