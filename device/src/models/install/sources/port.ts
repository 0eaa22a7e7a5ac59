/** Where a model's bytes come from: one thing to ask, from an offset on. Separate so that a server and a stick look alike. */
import type { Answered } from '../plan.ts';

export interface Opened extends Answered {
  /** Ends early when the line breaks; destroying it ends the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

export interface Source {
  /**
   * @param offset  the first byte wanted; the answer may start earlier, at 0
   * @param validator  of the version whose beginning is here: another version then answers from 0
   * @throws SourceError, or the signal's reason
   */
  open(offset: number, validator: string | undefined, signal: AbortSignal): Promise<Opened>;
}

/** Why there are no bytes. The message holds no address and no path. */
export class SourceError extends Error {
  readonly kind: 'no-connection' | 'source-refused' | 'no-length' | 'stick-gone';
  constructor(kind: SourceError['kind'], message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'SourceError';
    this.kind = kind;
  }
}
