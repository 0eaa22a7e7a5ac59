/**
 * One inference call from its first byte to its receipt.
 * Separate from the endpoint, which only decides whose call it is. Its promise: whatever happens, slot, key and
 * reservation are given back exactly once, and nobody gets a final answer whose receipt is not on disk.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InferencePath } from '../engine/port.ts';
import { CodedError, errorChain } from '../errors.ts';
import { type Reservation, reconcile, spend } from '../keys/budget.ts';
import type { LiveKey } from '../keys/port.ts';
import { leave } from '../keys/state.ts';
import type { CallRecord } from '../receipts/types.ts';
import type { Answer } from './answer.ts';
import { checkBodyHeaders, readBody } from './body.ts';
import {
  enterKey,
  isCountedInTokens,
  requireCapabilities,
  requireLimit,
  requireModel,
  reserveTokens,
} from './call-policy.ts';
import type { CallContext } from './context.ts';
import { countPrompt } from './count-prompt.ts';
import { errorFrame } from './error-frame.ts';
import { Exchange, type Recipient } from './exchange.ts';
import { forwardedType, readRequest } from './incoming.ts';
import type { Lane } from './lane.ts';
import type { InferenceRequest } from './parse.ts';
import { planEdits, spliceBody } from './plan.ts';
import { refuse } from './refuse.ts';
import { shapeOf } from './routes.ts';
import { GONE, Turn } from './turn.ts';
import { guessTokens, type Usage } from './usage.ts';

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0 };

export class Call implements Recipient {
  readonly #context: CallContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #path: InferencePath;
  readonly #key: LiveKey | undefined;
  readonly #caller: string;
  readonly #startedAtMs: number;
  readonly #startedMono: number;
  #asked: InferenceRequest | undefined;
  /** Bytes of the body, as long as they are held. */
  #bodyBytes = 0;
  /** Exact, once the engine has counted. */
  #promptTokens: number | undefined;
  #reservation: Reservation | undefined;
  /** Completion tokens per choice that were reserved. */
  #cap: number | undefined;
  #hasEntered = false;
  #turn: Turn | undefined;
  #counting: AbortController | undefined;
  /** The receipt's id, once the call is admitted. */
  #id: string | undefined;
  #exchange: Exchange | undefined;
  #firstByteMs: number | undefined;
  #isGone = false;
  /** The outcome is decided. */
  #isOver = false;
  #stall: NodeJS.Timeout | undefined;

  /** @param key  undefined for the owner, who has no limits */
  constructor(
    context: CallContext,
    request: IncomingMessage,
    response: ServerResponse,
    path: InferencePath,
    key: LiveKey | undefined,
  ) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#path = path;
    this.#key = key;
    this.#caller = key?.id ?? 'owner';
    this.#startedAtMs = context.clock.now();
    this.#startedMono = context.clock.monotonicMs();
  }

  /** Takes the call from its body to the engine. Never rejects. */
  async run(): Promise<void> {
    this.#response.once('close', () => this.#onClose());
    const { limits, held, clock } = this.#context;
    try {
      checkBodyHeaders(this.#request, limits.maxBodyBytes);
      const body = await readBody(this.#request, limits.maxBodyBytes, held);
      if (body === undefined) return;
      this.#bodyBytes = body.length;
      const { 'content-type': type } = this.#request.headers;
      const read = readRequest(this.#path, type, body);
      const asked = read instanceof Promise ? await read : read;
      this.#asked = asked;
      const lane = this.#context.laneOf(asked.model);
      requireModel(this.#key, asked.model);
      requireCapabilities(lane.model, this.#path, asked);
      requireLimit(this.#path, asked);
      lane.requireReady(this.#startedAtMs);
      if (this.#key !== undefined) await this.#enter(this.#key, lane, asked, body);
      if (this.#isGone) throw GONE;
      this.#turn = new Turn(lane, this.#caller, clock);
      await this.#turn.take(limits.queueWaitMs);
      if (this.#isGone) throw GONE;
      lane.requireReady(clock.now());
      const { copy } = this.#turn;
      if (copy === undefined) throw new CodedError('engine_unavailable');
      this.#id = this.#context.newReceiptId(this.#startedAtMs);
      const edited = spliceBody(body, planEdits(this.#path, asked, this.#cap));
      this.#exchange = new Exchange(
        copy,
        this.#path,
        edited,
        forwardedType(this.#path, type),
        asked.wantsUsage,
        limits,
        this,
      );
      this.#exchange.start();
    } catch (error) {
      this.#giveBack(NOTHING);
      if (error !== GONE) this.#refuse(error);
    }
  }

  /** What the key allows: rate and place, then tokens when it has a budget. */
  async #enter(key: LiveKey, lane: Lane, asked: InferenceRequest, body: Buffer): Promise<void> {
    enterKey(key, this.#context.clock.monotonicMs());
    this.#hasEntered = true;
    const limit = key.limits.tokensPerDay;
    if (limit === undefined || !isCountedInTokens(this.#path)) return;
    this.#counting = new AbortController();
    try {
      this.#promptTokens = await countPrompt(lane, this.#path, body, this.#counting.signal);
    } catch (error) {
      throw this.#isGone ? GONE : error;
    } finally {
      this.#counting = undefined;
    }
    if (this.#isGone) throw GONE;
    const grant = reserveTokens(key, limit, lane.model, asked, this.#promptTokens, this.#startedAtMs);
    this.#reservation = grant.reservation;
    this.#cap = grant.cap;
  }

  output(answer: Answer, bytes: Buffer): boolean {
    this.#firstByteMs ??= this.#sinceStart();
    if (!this.#response.headersSent) this.#writeHead(answer.status, answer.headers);
    if (this.#response.write(bytes)) return true;
    if (this.#stall === undefined) {
      // A client that reads nothing holds a slot: the bound between two parts holds for it too.
      this.#stall = setTimeout(() => this.#response.destroy(), this.#context.limits.idleTimeoutMs);
      this.#response.once('drain', () => {
        clearTimeout(this.#stall);
        this.#stall = undefined;
        this.#exchange?.resume();
      });
    }
    return false;
  }

  /** The engine is done and all is well: receipt first, then the last bytes. */
  done(answer: Answer): void {
    this.#isOver = true;
    this.#firstByteMs ??= this.#sinceStart();
    const record = this.#record('completed', answer.status, this.#spent());
    this.#giveBack(record);
    this.#context.ledger.append(record).then(
      () => {
        this.#noteSpeed(record, answer.isStream);
        if (!this.#response.headersSent) this.#writeHead(answer.status, answer.headersOfWhole());
        this.#response.end(answer.held());
      },
      (error: unknown) => this.#sendError(asCoded(error)),
    );
  }

  /** The engine failed: a receipt all the same, then the error. */
  failed(error: CodedError, status: number): void {
    this.#isOver = true;
    if (error.status >= 500) {
      this.#context.log.warn('endpoint.engine_failed', { code: error.code, reason: errorChain(error.cause) });
    }
    const answer = this.#exchange?.answer;
    // An engine that refused, or was never reached, did no work worth counting.
    const spent = answer !== undefined && answer.status < 300 ? this.#spent() : NOTHING;
    const record = this.#record('failed', this.#response.headersSent ? 200 : status, spent);
    this.#giveBack(record);
    this.#context.ledger.append(record).then(
      () => this.#sendError(error, status),
      (cause: unknown) => this.#sendError(asCoded(cause)),
    );
  }

  #onClose(): void {
    clearTimeout(this.#stall);
    if (this.#response.writableFinished || this.#isOver) return;
    this.#isGone = true;
    this.#counting?.abort();
    this.#turn?.leave();
    if (this.#exchange === undefined) return; // still in `run`, which gives everything back
    this.#isOver = true;
    this.#exchange.abort();
    const record = this.#record('aborted', this.#response.headersSent ? 200 : 0, this.#spent());
    this.#giveBack(record);
    this.#context.ledger.append(record).catch((error: unknown) => {
      this.#context.log.error('endpoint.receipt_lost', { id: record.id, reason: errorChain(error) });
    });
  }

  /** The engine's own count, else an estimate, which is never more than was reserved: the engine could not have
   *  written more. */
  #spent(): Usage & { readonly isEstimated?: boolean } {
    if (!isCountedInTokens(this.#path)) return NOTHING;
    const answer = this.#exchange?.answer;
    if (answer?.usage !== undefined) return answer.usage;
    const seen = this.#asked?.choices === 0 ? 0 : (answer?.guessCompletion() ?? 0);
    const most = this.#cap === undefined ? seen : this.#cap * (this.#asked?.choices ?? 1);
    return {
      promptTokens: this.#promptTokens ?? answer?.promptTokens ?? guessTokens(this.#bodyBytes),
      completionTokens: Math.min(seen, most),
      isEstimated: true,
    };
  }

  #record(
    status: CallRecord['status'],
    httpStatus: number,
    { promptTokens, completionTokens, isEstimated = false }: Usage & { readonly isEstimated?: boolean },
  ): CallRecord {
    return {
      id: this.#id ?? '',
      endpoint: this.#path,
      model: this.#asked?.model ?? '',
      caller: this.#caller,
      status,
      httpStatus,
      promptTokens,
      completionTokens,
      tokenSource: isEstimated ? 'estimated' : 'engine',
      startedAtMs: this.#startedAtMs,
      durationMs: this.#sinceStart(),
      ...(this.#firstByteMs === undefined ? {} : { firstTokenMs: this.#firstByteMs }),
    };
  }

  /** Gives slot, key and reservation back; a second time it does nothing. */
  #giveBack({ promptTokens, completionTokens }: Usage): void {
    this.#context.held.now -= this.#bodyBytes;
    this.#bodyBytes = 0;
    const key = this.#key;
    if (key !== undefined && this.#hasEntered) {
      this.#hasEntered = false;
      leave(key.meter);
      const used = promptTokens + completionTokens;
      if (this.#reservation !== undefined) reconcile(key.meter.budget, this.#reservation, used);
      else if (used > 0) spend(key.meter.budget, this.#startedAtMs, used);
    }
    this.#turn?.giveBack();
  }

  /** Before the call was admitted: no receipt, only the error. */
  #refuse(error: unknown): void {
    const coded =
      error instanceof CodedError ? error : new CodedError('internal', undefined, { cause: error });
    if (coded.code === 'internal') this.#context.log.error('endpoint.bug', { reason: errorChain(error) });
    this.#sendError(coded);
  }

  /** As the whole answer, or as the last event of a stream that has begun. */
  #sendError(error: CodedError, status = error.status): void {
    if (this.#response.headersSent) this.#response.end(errorFrame(error, this.#path));
    else refuse(this.#request, this.#response, shapeOf(this.#path), error, status, this.#ownHeaders());
  }

  #writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, { ...headers, ...this.#ownHeaders() });
  }

  #ownHeaders(): Record<string, string> {
    const headers: Record<string, string> = {};
    if (this.#id !== undefined) headers['b3iq-receipt'] = this.#id;
    if (this.#turn?.place !== undefined) headers['b3iq-queue-position'] = String(this.#turn.place);
    return headers;
  }

  #noteSpeed({ completionTokens, durationMs, firstTokenMs = 0 }: CallRecord, isStream: boolean): void {
    const writingMs = isStream ? durationMs - firstTokenMs : durationMs;
    if (completionTokens > 1 && writingMs > 0) this.#context.noteSpeed((completionTokens * 1000) / writingMs);
  }

  #sinceStart(): number {
    return this.#context.clock.monotonicMs() - this.#startedMono;
  }
}

function asCoded(error: unknown): CodedError {
  return error instanceof CodedError
    ? error
    : new CodedError('ledger_unavailable', undefined, { cause: error });
}
