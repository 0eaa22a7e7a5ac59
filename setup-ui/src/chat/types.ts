/** A conversation and one streamed answer as plain data. Separate so that parsing, state and islands agree. */

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One thing the stream said. */
export type ChatEvent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'finish'; readonly reason: string }
  | { readonly kind: 'error'; readonly title: string; readonly detail: string; readonly code: string }
  | { readonly kind: 'end' };

/** What went wrong, in the machine's words or as a lost connection. */
export type ChatFault =
  | { readonly kind: 'problem'; readonly title: string; readonly detail: string; readonly code: string }
  | { readonly kind: 'lost' };

/** One answer while it is made and after. Times are monotonic ms of the page's clock. */
export interface AnswerState {
  readonly phase: 'waiting' | 'writing' | 'finished' | 'stopped' | 'failed';
  readonly text: string;
  readonly startedAtMs: number;
  readonly firstAtMs?: number;
  readonly lastAtMs?: number;
  /** Pieces of text so far; stands in for tokens until the engine's own count comes. */
  readonly pieces: number;
  readonly usage?: Usage;
  readonly receipt?: string;
  readonly fault?: ChatFault;
}
