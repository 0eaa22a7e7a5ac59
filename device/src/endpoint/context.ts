/** What a call needs of the endpoint around it. Separate so that the two do not import each other. */
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Ledger } from '../receipts/port.ts';
import type { HeldBytes } from './body.ts';
import type { Lane } from './lane.ts';
import type { EndpointLimits } from './types.ts';

export interface CallContext {
  readonly limits: EndpointLimits;
  readonly held: HeldBytes;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly clock: Clock;
  readonly log: Log;
  /** @throws model_not_found */
  laneOf(model: string): Lane;
  /** `rcpt_` and a ULID of that time. */
  newReceiptId(nowMs: number): string;
  /** Tokens per second of a finished answer. */
  noteSpeed(tokensPerSecond: number): void;
}
