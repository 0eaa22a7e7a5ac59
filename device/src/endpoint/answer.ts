/**
 * An engine's answer as it comes in: what may go out at once, what is held back until the receipt is on disk, what it
 * cost. Separate from the call, which owns sockets; here are bytes only.
 */
import { dataOf, FrameSplitter } from './sse.ts';
import { type FrameMeaning, guessCompletion, judgeFrame, type Usage, usageOfAnswer } from './usage.ts';

type EngineHeaders = Readonly<Record<string, string | string[] | undefined>>;

export class Answer {
  /** 200–599. */
  readonly status: number;
  /** Headers for the client. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isStream: boolean;
  readonly #wantsUsage: boolean;
  readonly #maxBytes: number;
  readonly #splitter: FrameSplitter;
  /** Bytes that wait for the receipt. */
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #usage: Usage | undefined;
  #promptTokens: number | undefined;
  /** Pieces of text seen in a stream. */
  #pieces = 0;
  #isDone = false;
  #hasFinished = false;
  #hasError = false;
  #isOverlong = false;

  constructor(
    status: number,
    headers: EngineHeaders,
    wantsUsage: boolean,
    maxBytes: number,
    maxFrameBytes: number,
  ) {
    const type = text(headers['content-type']) ?? 'application/json';
    const encoding = text(headers['content-encoding']);
    this.status = status;
    // By what the engine says, not by what was asked: only that decides how its bytes are to be read.
    this.isStream = status < 300 && type.startsWith('text/event-stream');
    this.headers = {
      'content-type': type,
      'cache-control': this.isStream ? 'no-cache' : 'no-store',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    };
    this.#wantsUsage = wantsUsage;
    this.#maxBytes = maxBytes;
    this.#splitter = new FrameSplitter(maxFrameBytes);
  }

  /** What the engine counted; undefined as long as it has not said. */
  get usage(): Usage | undefined {
    return this.#usage;
  }
  /** The prompt as the engine counted it; known before the rest in a stream of Messages. */
  get promptTokens(): number | undefined {
    return this.#usage?.promptTokens ?? this.#promptTokens;
  }
  /** It sent more than the bound; nothing more is taken. */
  get isOverlong(): boolean {
    return this.#isOverlong;
  }
  /** After `end`: the engine said all it had to say. */
  get isComplete(): boolean {
    if (this.#hasError) return false;
    return !this.isStream || this.#isDone || this.#hasFinished || this.#usage !== undefined;
  }

  /** The next bytes. @returns those the client may have now, unchanged; undefined when there are none */
  take(chunk: Buffer): Buffer | undefined {
    if (this.#isOverlong) return undefined;
    if (!this.isStream) {
      if (this.#heldBytes + chunk.length > this.#maxBytes) this.#isOverlong = true;
      else this.#hold(chunk);
      return undefined;
    }
    const frames = this.#splitter.push(chunk);
    if (frames === undefined) {
      this.#isOverlong = true;
      return undefined;
    }
    const out: Buffer[] = [];
    for (const frame of frames) if (this.#passes(frame)) out.push(frame);
    return out.length <= 1 ? out[0] : Buffer.concat(out);
  }

  /** The engine has closed its answer. */
  end(): void {
    if (!this.isStream) {
      this.#usage = usageOfAnswer(this.held());
      return;
    }
    // Bytes without a blank line behind them are the last ones, so they wait for the receipt.
    const { rest } = this.#splitter;
    if (rest.length > 0 && this.#passes(rest)) this.#hold(rest);
  }

  /** What was held back. */
  held(): Buffer {
    const [first] = this.#held;
    return first !== undefined && this.#held.length === 1 ? first : Buffer.concat(this.#held);
  }

  /** What was taken, as text: an engine's error. */
  text(): string {
    return this.held().toString('utf8');
  }

  /** Headers of an answer that is no stream: its length is known. */
  headersOfWhole(): Readonly<Record<string, string>> {
    return this.isStream ? this.headers : { ...this.headers, 'content-length': String(this.#heldBytes) };
  }

  /** A count of what was seen, for an engine that did not count. */
  guessCompletion(): number {
    return this.isStream ? this.#pieces : guessCompletion(this.held());
  }

  /** Whether the client gets this frame now. */
  #passes(frame: Buffer): boolean {
    const meaning = judgeFrame(dataOf(frame));
    switch (meaning.kind) {
      case 'done':
        this.#isDone = true;
        this.#usage = meaning.usage ?? this.#usage;
        break;
      case 'began':
        this.#promptTokens = meaning.promptTokens;
        break;
      case 'usage':
        this.#usage = meaning.usage;
        if (!this.#wantsUsage) return false;
        break;
      case 'piece':
        this.#pieces += meaning.pieces;
        this.#hasFinished ||= meaning.finished;
        this.#usage = this.#withPrompt(meaning) ?? this.#usage;
        break;
      case 'error':
        this.#hasError = true;
        return false; // ours follows, in the contract's shape
      default:
    }
    if (!this.#isDone) return true;
    this.#hold(frame);
    return false;
  }

  /** The usage of a piece, joined with what the beginning of the stream told of the prompt: some say it there, some here. */
  #withPrompt({ usage, completionTokens }: Extract<FrameMeaning, { kind: 'piece' }>): Usage | undefined {
    const began = this.#promptTokens;
    if (usage !== undefined) return { ...usage, promptTokens: Math.max(usage.promptTokens, began ?? 0) };
    if (began === undefined || completionTokens === undefined) return undefined;
    return { promptTokens: began, completionTokens };
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
