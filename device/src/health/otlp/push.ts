/**
 * Sends the counts of calls to the owner's collector each minute. Separate from what is sent, and from all else: a
 * collector that is away, slow or wrong costs a log line, never an answer. Nothing runs unless the owner names one.
 */
import { errorChain } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import type { Log } from '../../os/log.ts';
import type { CallCounts } from '../traffic/types.ts';
import { otlpRequest } from './document.ts';

/** OpenTelemetry's own interval and time limit. @see OTEL_METRIC_EXPORT_INTERVAL, OTEL_EXPORTER_OTLP_TIMEOUT */
const EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;

export interface PushDeps {
  /** The collector's base address; `/v1/metrics` is added. */
  readonly endpoint: string;
  readonly version: string;
  readonly nodeId: string | undefined;
  readonly calls: () => readonly CallCounts[];
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs?: number;
}

export class OtlpPush {
  readonly #deps: PushDeps;
  readonly #url: string;
  readonly #startMs: number;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isReached: boolean | undefined;

  constructor(deps: PushDeps) {
    this.#deps = deps;
    this.#url = `${deps.endpoint.replace(/\/+$/, '')}/v1/metrics`;
    this.#startMs = deps.clock.now();
  }

  /** Where it goes, fit to be shown: host, and port when it is not the scheme's own. */
  get host(): string {
    return new URL(this.#url).host;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.push(), EVERY_MS).unref();
  }

  /** One request, or the one that is under way. Never rejects. */
  push(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** What is under way is given up: a collector must not hold up a stop. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { version, nodeId, calls, clock, timeoutMs = TIMEOUT_MS } = this.#deps;
    const counted = calls();
    if (counted.length === 0 || this.#stopping.signal.aborted) return;
    const body = otlpRequest({
      version,
      nodeId,
      calls: counted,
      // A clock that was set back must not end before it begins.
      startMs: Math.min(this.#startMs, clock.now()),
      nowMs: clock.now(),
    });
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error', // the owner named this address and no other
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      this.#tell(response.ok, { status: response.status });
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#tell(false, { reason: errorChain(error) });
    }
  }

  /** Once when it changes, not each minute. */
  #tell(isReached: boolean, facts: Parameters<Log['info']>[1]): void {
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    if (isReached) this.#deps.log.info('otlp.accepted');
    else this.#deps.log.warn('otlp.not_accepted', facts);
  }
}
