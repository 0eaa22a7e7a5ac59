/**
 * One step of a benchmark against an engine's own address: no key, no receipt, nothing of the endpoint's in the number.
 * Separate from the service so that what a number means is written in one place. Each prompt begins with text of its own:
 * an engine that has read a beginning before need not read it again.
 */
import { type Dispatcher, Pool } from 'undici';
import { dataOf, FrameSplitter } from '../endpoint/sse.ts';
import { judgeFrame } from '../endpoint/usage.ts';
import type { Engine } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import { median } from './plan.ts';
import type { Step, StepResult } from './types.ts';

/** Of an answer. Long enough for a rate, short enough for a slow machine. */
const ANSWER_TOKENS = 128;
/** Answers one stream may need to come to as many: small models end early. */
const MOST_ANSWERS = 8;
/** Of a long prompt: what a few pages have, or half of what the model can hold. */
const PROMPT_TOKENS = 1_024;
const MAX_FRAME_BYTES = 1_048_576;
const CALL_TIMEOUT_MS = 300_000;
const SENTENCE = 'The harbour was quiet, the ships lay at their moorings, and nobody had yet asked why. ';

interface Answered {
  readonly firstMs: number;
  readonly totalMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Measures steps of one engine. `close` drops its connections. */
export class Meter {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #nonce: () => string;
  readonly #pool: Pool;
  #sentences: number | undefined;

  /** @param nonce  a short text that never comes twice */
  constructor(engine: Engine, clock: Clock, nonce: () => string) {
    const { address } = engine;
    this.#engine = engine;
    this.#clock = clock;
    this.#nonce = nonce;
    const bounds = { headersTimeout: CALL_TIMEOUT_MS, bodyTimeout: CALL_TIMEOUT_MS, pipelining: 1 };
    this.#pool =
      address.kind === 'socket'
        ? new Pool('http://engine', { ...bounds, socketPath: address.path })
        : new Pool(address.origin, bounds);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  /** @throws engine_failed, or the signal's reason */
  async measure(step: Step, signal: AbortSignal): Promise<StepResult> {
    switch (step.kind) {
      case 'warm':
        await this.#ask(await this.#longPrompt(signal), 4, signal);
        return {};
      case 'first-token': {
        const { firstMs } = await this.#ask(this.#question(), 8, signal);
        return { firstTokenMs: firstMs };
      }
      case 'prefill': {
        const { firstMs, promptTokens } = await this.#ask(await this.#longPrompt(signal), 1, signal);
        return { prefillTokensPerSecond: (promptTokens * 1000) / firstMs };
      }
      case 'write':
        return this.#write(step.streams, signal);
    }
  }

  /** All streams together, from the first piece of each answer to its end. */
  async #write(streams: number, signal: AbortSignal): Promise<StepResult> {
    const all = await Promise.all(Array.from({ length: streams }, () => this.#stream(signal)));
    const rates = all.map(({ tokens, writingMs }) =>
      writingMs > 0 ? (tokens * 1000) / writingMs : Number.NaN,
    );
    const first = median(all.flatMap(({ firstMs }) => firstMs));
    const rate = rates.reduce((sum, each) => sum + each, 0);
    return {
      ...(Number.isFinite(rate) && rate > 0 ? { tokensPerSecond: rate } : {}),
      ...(first === undefined ? {} : { firstTokenMs: first }),
    };
  }

  async #stream(signal: AbortSignal) {
    let tokens = 0;
    let writingMs = 0;
    let answeringMs = 0;
    const firstMs: number[] = [];
    for (let answer = 0; answer < MOST_ANSWERS && tokens < ANSWER_TOKENS; answer += 1) {
      const told = await this.#ask(this.#question(), ANSWER_TOKENS - tokens, signal);
      firstMs.push(told.firstMs);
      // The first token is in the time to it.
      tokens += Math.max(0, told.completionTokens - 1);
      writingMs += told.totalMs - told.firstMs;
      answeringMs += told.totalMs;
    }
    // Answers that came in one piece tell no time of writing: they were at least as fast as the whole.
    return { tokens, writingMs: writingMs > 0 ? writingMs : answeringMs, firstMs };
  }

  #question(): string {
    return `(${this.#nonce()}) Tell a long story about a ship and its crew.`;
  }

  /** As many sentences as the model's own count allows. */
  async #longPrompt(signal: AbortSignal): Promise<string> {
    if (this.#sentences === undefined) {
      const few = 8;
      const body = Buffer.from(JSON.stringify(this.#body(SENTENCE.repeat(few), 1)));
      const tokens = await this.#engine.countPrompt('/v1/chat/completions', body, signal);
      const wanted = Math.min(PROMPT_TOKENS, Math.floor(this.#engine.model.contextTokens / 2));
      this.#sentences = Math.max(1, Math.floor((wanted * few) / Math.max(1, tokens)));
    }
    return `(${this.#nonce()}) ${SENTENCE.repeat(this.#sentences)}`;
  }

  #body(content: string, maxTokens: number): object {
    return {
      model: this.#engine.model.id,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_tokens: maxTokens,
      messages: [{ role: 'user', content }],
    };
  }

  async #ask(content: string, maxTokens: number, signal: AbortSignal): Promise<Answered> {
    const startMs = this.#clock.monotonicMs();
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#pool.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(this.#body(content, maxTokens)),
        signal,
        // An engine may close a connection that carried a stream, just when it is used again.
        reset: true,
      });
      if (response.statusCode !== 200) {
        await response.body.dump();
        throw new CodedError('engine_failed', `The engine refused with status ${response.statusCode}.`);
      }
      return await this.#read(response.body, startMs);
    } catch (cause) {
      signal.throwIfAborted();
      throw cause instanceof CodedError ? cause : new CodedError('engine_failed', undefined, { cause });
    }
  }

  async #read(body: AsyncIterable<Buffer>, startMs: number): Promise<Answered> {
    const splitter = new FrameSplitter(MAX_FRAME_BYTES);
    let firstMs: number | undefined;
    let usage = { promptTokens: 0, completionTokens: 0 };
    let lastMs = 0;
    for await (const chunk of body) {
      const nowMs = this.#clock.monotonicMs() - startMs;
      for (const frame of splitter.push(chunk) ?? []) {
        const meaning = judgeFrame(dataOf(frame));
        if (meaning.kind === 'error') throw new CodedError('engine_failed');
        if (meaning.kind === 'piece' && meaning.pieces > 0) {
          firstMs ??= nowMs;
          lastMs = nowMs;
        }
        if (meaning.kind === 'usage' || meaning.kind === 'piece') usage = meaning.usage ?? usage;
      }
    }
    const endMs = this.#clock.monotonicMs() - startMs;
    // An answer without a piece was all reading.
    return { ...usage, firstMs: firstMs ?? endMs, totalMs: Math.max(lastMs, firstMs ?? endMs) };
  }
}
