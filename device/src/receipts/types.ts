/** What a finished call leaves behind, before the ledger gives it its place in the chain. Pure data. */
import type { ReceiptSummary } from '@b3iq/wire/local-api';

export interface CallRecord {
  /** `rcpt_` + 26 characters (ULID), chosen before the answer starts so that it can travel in a header. */
  readonly id: string;
  /** Path such as `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly model: string;
  /** Key id (`key_…`), or `owner` for the dashboard's playground. Never the key or its hash. */
  readonly caller: string;
  readonly status: ReceiptSummary['status'];
  /** HTTP status the client got, 0 when it left before one. */
  readonly httpStatus: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokenSource: ReceiptSummary['token_source'];
  /** Unix ms at arrival. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Ms from arrival to the first byte of the answer's body; undefined when there was none. */
  readonly firstTokenMs?: number;
}
