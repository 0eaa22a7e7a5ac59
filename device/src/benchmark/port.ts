/** The benchmark as doors see it. Separate so that routes and pages can be tried without measuring anything. */
import type { Envelope } from '@b3iq/wire';
import type { BenchmarkAnswer } from '@b3iq/wire/local-api';

export interface BenchmarkOrder {
  /** Every model that can answer, unless one is named. */
  readonly model?: string | undefined;
  /** Also while other calls are served; the result then says that it was disturbed. */
  readonly anyway?: boolean | undefined;
}

export interface Benchmarks {
  now(): Promise<BenchmarkAnswer>;
  /** Begins; what comes of it is in `now`.
   *  @throws benchmark_running, benchmark_busy, model_not_found, capability_unavailable, engine_unavailable */
  start(order: BenchmarkOrder): void;
  /** Ends it without a result; nothing happens when none runs. Models measured so far are kept. */
  stop(): void;
  /** A signed `benchmark` document. @throws benchmark_not_found, identity_unavailable */
  document(id: string): Promise<Envelope>;
}
