/**
 * One request to an engine and its answer, over undici's dispatch.
 * Separate from the call so that what a broken, slow or dying engine means is decided in one place. Methods on a
 * prototype, not closures: this runs once for every part of every answer.
 */
import type { Dispatcher } from 'undici';
import type { InferencePath } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import { Answer } from './answer.ts';
import type { Copy } from './copy.ts';
import type { Line, LineUser } from './line.ts';
import { judgeEngineError } from './openai-error.ts';
import { GONE } from './turn.ts';
import type { EndpointLimits } from './types.ts';

/** Who waits for the answer. After `done` or `failed` nothing more is said. */
export interface Recipient {
  /** Bytes that may go out now. @returns false when the client cannot take more: `resume` when it can */
  output(answer: Answer, bytes: Buffer): boolean;
  done(answer: Answer): void;
  /** @param status  for the client */
  failed(error: CodedError, status: number): void;
}

/** Bytes of an engine's error that are read. */
const MAX_ERROR_BYTES = 65_536;
/** Codes of Node and undici. */
const RESETS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ETIMEDOUT',
]);

export class Exchange implements LineUser {
  readonly #copy: Copy;
  readonly #path: InferencePath;
  readonly #body: Buffer;
  readonly #headers: { readonly 'content-type': string };
  readonly #wantsUsage: boolean;
  readonly #limits: EndpointLimits;
  readonly #recipient: Recipient;
  #controller: Dispatcher.DispatchController | undefined;
  #answer: Answer | undefined;
  #line: Line | undefined;
  /** Bytes the connection had already carried when this request went out; 0 on a fresh one. */
  #bytesBefore = 0;
  #hasRetried = false;
  #isOver = false;

  constructor(
    copy: Copy,
    path: InferencePath,
    body: Buffer,
    contentType: string,
    wantsUsage: boolean,
    limits: EndpointLimits,
    recipient: Recipient,
  ) {
    this.#copy = copy;
    this.#path = path;
    this.#body = body;
    this.#headers = { 'content-type': contentType };
    this.#wantsUsage = wantsUsage;
    this.#limits = limits;
    this.#recipient = recipient;
  }

  /** What has come so far; undefined before the engine's first line. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  start(): void {
    this.#copy.pool.dispatch(
      { path: this.#path, method: 'POST', headers: this.#headers, body: this.#body },
      this,
    );
  }

  /** The client left: the engine's socket is cut, which is how an engine learns to stop. */
  abort(): void {
    this.#isOver = true;
    this.#controller?.abort(GONE);
  }

  /** The client takes bytes again. */
  resume(): void {
    this.#controller?.resume();
  }

  onLine(line: Line): void {
    this.#line = line;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#bytesBefore = this.#line?.bytesRead ?? 0;
    if (this.#isOver) controller.abort(GONE);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#isOver || status < 200) return;
    const maxBytes = status >= 300 ? MAX_ERROR_BYTES : this.#limits.maxAnswerBytes;
    this.#answer = new Answer(status, headers, this.#wantsUsage, maxBytes, this.#limits.maxFrameBytes);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const answer = this.#answer;
    if (this.#isOver || answer === undefined) return;
    const out = answer.take(chunk);
    if (out !== undefined) {
      if (!this.#recipient.output(answer, out)) controller.pause();
    } else if (answer.isOverlong && answer.status < 300) {
      this.#fail(new CodedError('engine_failed', 'The engine sent more than this machine takes from it.'));
      controller.abort(GONE);
    }
  }

  onResponseEnd(): void {
    const answer = this.#answer;
    if (this.#isOver || answer === undefined) return;
    if (answer.status >= 300) {
      const { error, status } = judgeEngineError(answer.status < 400 ? 502 : answer.status, answer.text());
      this.#fail(error, status);
      return;
    }
    answer.end();
    if (!answer.isComplete) {
      this.#fail(new CodedError('engine_failed'));
      return;
    }
    this.#isOver = true;
    this.#recipient.done(answer);
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#isOver) return;
    const code = 'code' in cause ? String(cause.code) : '';
    const isEarly = this.#answer === undefined;
    if (RESETS.has(code) && this.#closedUnheard() && !this.#hasRetried) {
      this.#hasRetried = true;
      this.start();
    } else if (TIMEOUTS.has(code)) this.#fail(new CodedError('engine_timeout', undefined, { cause }));
    else if (isEarly && (UNREACHABLE.has(code) || RESETS.has(code)))
      this.#fail(
        new CodedError(
          'engine_unavailable',
          'The engine stopped before it answered. It restarts by itself.',
          {
            retryAfterS: 2,
            cause,
          },
        ),
      );
    else this.#fail(new CodedError('engine_failed', undefined, { cause }));
  }

  /**
   * The engine closed a kept-alive connection just as this request went out: the connection had served before, and not
   * one byte of an answer came. On a fresh connection the engine took the request and died of it, so asking again
   * would only kill it again. @see RFC 9110 §9.2.2, RFC 9112 §9.3.1
   */
  #closedUnheard(): boolean {
    return this.#bytesBefore > 0 && this.#line?.bytesRead === this.#bytesBefore && this.#copy.isReady;
  }

  #fail(error: CodedError, status = error.status): void {
    this.#isOver = true;
    this.#recipient.failed(error, status);
  }
}
