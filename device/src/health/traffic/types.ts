/** What is counted of finished calls. Pure data. */

/** Counts by upper bound, as Prometheus and OpenTelemetry want them; `counts` has one more, for what is above the last. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum: number;
}

/** Everything since the agent started of one model, one operation and one way to end. */
export interface CallCounts {
  readonly model: string;
  /** OpenTelemetry's `gen_ai.operation.name`. */
  readonly operation: 'chat' | 'text_completion' | 'embeddings' | 'other';
  /** `undefined` when all went well, else why not: the receipt's status. */
  readonly errorType: 'aborted' | 'failed' | undefined;
  readonly durationS: Histogram;
  readonly firstTokenS: Histogram;
  readonly perTokenS: Histogram;
  readonly promptTokens: Histogram;
  readonly completionTokens: Histogram;
}

/** What happened within a minute. */
export interface MinuteOfCalls {
  readonly requests: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of streams, weighted by their length; undefined when there was none. */
  readonly tokensPerSecond: number | undefined;
  /** Mean of streams, waiting in line included. */
  readonly firstTokenMs: number | undefined;
}
