/** What the endpoint is told and what it tells. Pure data, separate so that config and dashboard need no HTTP. */

/** Bounds of the hot path; every one is kept by a test. */
export interface EndpointLimits {
  /** Bytes of a request body. */
  readonly maxBodyBytes: number;
  /** Bytes of all bodies held at once, waiting calls included. */
  readonly maxHeldBytes: number;
  /** Calls that may wait for one engine, all keys together. */
  readonly queueLength: number;
  /** ms a call waits for a free slot. */
  readonly queueWaitMs: number;
  /** ms a call waits for a model that is loaded on demand. */
  readonly loadWaitMs: number;
  /** ms from the request to the engine's first byte. Without a stream that is the whole answer. */
  readonly firstByteTimeoutMs: number;
  /** ms between two parts of an answer. */
  readonly idleTimeoutMs: number;
  /** Bytes of an answer that is no stream; it is held until its receipt is on disk. */
  readonly maxAnswerBytes: number;
  /** Bytes of one event of a stream. */
  readonly maxFrameBytes: number;
}

export const DEFAULT_LIMITS: EndpointLimits = {
  maxBodyBytes: 32 * 1_048_576, // a long context with pictures
  maxHeldBytes: 256 * 1_048_576, // a full queue of such requests must not take the machine's memory
  queueLength: 64,
  queueWaitMs: 60_000,
  loadWaitMs: 60_000, // 16 GB from an ordinary SSD, within what clients wait for a first byte
  firstByteTimeoutMs: 600_000, // a long answer without a stream on a slow processor
  idleTimeoutMs: 120_000, // a long prompt may be read for a minute between two parts
  maxAnswerBytes: 256 * 1_048_576, // 2,048 embeddings of 4,096 numbers
  maxFrameBytes: 4 * 1_048_576, // log probabilities of a whole vocabulary
};

/** What the dashboard shows of the hot path. */
export interface EndpointStats {
  /** Calls the engines are working on. */
  readonly active: number;
  /** Calls waiting for an engine. */
  readonly queued: number;
  /** Tokens per second of the last finished answers, newest last, at most 60. */
  readonly recentSpeeds: readonly number[];
}
