/**
 * Counts finished calls from their records, which the endpoint writes anyway: a few additions a call, nothing a token.
 * Separate so that the hot path knows nothing of charts and metrics.
 * Bounds and names are those of OpenTelemetry's conventions for generative AI.
 * @see https://github.com/open-telemetry/semantic-conventions-genai, metrics
 */
import type { CallRecord } from '../../receipts/types.ts';
import type { CallCounts, Histogram, MinuteOfCalls } from './types.ts';

const DURATION_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_S = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PER_TOKEN_S = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

const OPERATIONS: Readonly<Record<string, CallCounts['operation']>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'chat',
  '/v1/messages': 'chat',
  '/v1/completions': 'text_completion',
  '/v1/embeddings': 'embeddings',
};

/** An answer that came whole has its first byte when it ends, so that it tells no time to a first token. */
const LEAST_WRITING_MS = 1;

/** Nobody installs more models than this; what comes on top is counted together. */
const MOST_MODELS = 100;

interface Minute {
  requests: number;
  failed: number;
  promptTokens: number;
  completionTokens: number;
  writtenTokens: number;
  writingMs: number;
  firstTokenMs: number;
  streams: number;
}

export class Traffic {
  readonly #counts = new Map<string, CallCounts>();
  readonly #models = new Set<string>();
  #minute = emptyMinute();

  /** Every group that has been seen, in the order of first appearance. */
  counts(): readonly CallCounts[] {
    return [...this.#counts.values()];
  }

  /** A call is over. Never throws. */
  note(call: CallRecord): void {
    const counts = this.#countsOf(call);
    const minute = this.#minute;
    minute.requests += 1;
    if (call.status === 'failed') minute.failed += 1;
    minute.promptTokens += call.promptTokens;
    minute.completionTokens += call.completionTokens;
    observe(counts.durationS, call.durationMs / 1000);
    observe(counts.promptTokens, call.promptTokens);
    if (call.completionTokens > 0) observe(counts.completionTokens, call.completionTokens);
    const { firstTokenMs } = call;
    const writingMs = call.durationMs - (firstTokenMs ?? call.durationMs);
    if (firstTokenMs === undefined || writingMs < LEAST_WRITING_MS || call.status === 'failed') return;
    observe(counts.firstTokenS, firstTokenMs / 1000);
    minute.streams += 1;
    minute.firstTokenMs += firstTokenMs;
    if (call.completionTokens < 2) return;
    // The first token is in the time to it.
    observe(counts.perTokenS, writingMs / 1000 / (call.completionTokens - 1));
    minute.writtenTokens += call.completionTokens - 1;
    minute.writingMs += writingMs;
  }

  /** What happened since this was last asked, and begins anew. */
  takeMinute(): MinuteOfCalls {
    const minute = this.#minute;
    this.#minute = emptyMinute();
    const { requests, failed, promptTokens, completionTokens } = minute;
    return {
      requests,
      failed,
      promptTokens,
      completionTokens,
      tokensPerSecond: minute.writingMs === 0 ? undefined : (minute.writtenTokens * 1000) / minute.writingMs,
      firstTokenMs: minute.streams === 0 ? undefined : minute.firstTokenMs / minute.streams,
    };
  }

  #countsOf(call: CallRecord): CallCounts {
    if (this.#models.size < MOST_MODELS) this.#models.add(call.model);
    const model = this.#models.has(call.model) ? call.model : 'other';
    const operation = OPERATIONS[call.endpoint] ?? 'other';
    const errorType = call.status === 'completed' ? undefined : call.status;
    const key = `${operation} ${errorType} ${model}`;
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = {
        model,
        operation,
        errorType,
        durationS: histogram(DURATION_S),
        firstTokenS: histogram(FIRST_TOKEN_S),
        perTokenS: histogram(PER_TOKEN_S),
        promptTokens: histogram(TOKENS),
        completionTokens: histogram(TOKENS),
      };
      this.#counts.set(key, counts);
    }
    return counts;
  }
}

function emptyMinute(): Minute {
  return {
    requests: 0,
    failed: 0,
    promptTokens: 0,
    completionTokens: 0,
    writtenTokens: 0,
    writingMs: 0,
    firstTokenMs: 0,
    streams: 0,
  };
}

function histogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
}

function observe(into: Histogram, value: number): void {
  let at = 0;
  while (at < into.bounds.length && value > (into.bounds[at] ?? 0)) at += 1;
  into.counts[at] = (into.counts[at] ?? 0) + 1;
  into.sum += value;
}
