/**
 * Finds the events of a stream in its bytes, however they were cut on the way, and never changes one.
 * Separate and pure so that every cut can be tried. Bytes are joined, not decoded: a letter split in two stays whole.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);

/** Cuts a byte stream behind each blank line. */
export class FrameSplitter {
  readonly #maxFrameBytes: number;
  #rest: Buffer = EMPTY;
  /** Where in `#rest` the search goes on. */
  #searched = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * The frames completed by `chunk`, each with its blank line, in order. What is left waits for the next chunk.
   * @returns undefined when a frame is longer than the bound: then this is no stream worth reading
   */
  push(chunk: Buffer): readonly Buffer[] | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let start = 0;
    let at = this.#searched;
    for (;;) {
      const end = frameEnd(bytes, at);
      if (end === undefined) break;
      frames.push(bytes.subarray(start, end));
      start = end;
      at = end;
    }
    this.#rest = start === bytes.length ? EMPTY : bytes.subarray(start);
    // A line end may have been cut: look again at its last three bytes.
    this.#searched = Math.max(0, this.#rest.length - 3);
    return this.#rest.length > this.#maxFrameBytes ? undefined : frames;
  }

  /** Bytes after the last whole frame; empty at the end of a well-formed stream. */
  get rest(): Buffer {
    return this.#rest;
  }
}

/** Index behind the first blank line at or after `from`. Lines end in LF, CRLF or CR. */
function frameEnd(bytes: Buffer, from: number): number | undefined {
  // Engines end lines with LF; CR is looked for only where LF is missing.
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1];
    if (next === LF) return at + 2;
    if (next === CR && bytes[at + 2] === LF) return at + 3;
  }
  for (let at = bytes.indexOf(CR, from); at !== -1; at = bytes.indexOf(CR, at + 1))
    if (bytes[at + 1] === CR) return at + 2;
  return undefined;
}

/**
 * The data of one frame as text, its lines joined by LF; undefined when it has none (a comment, a ping).
 * A field name may be followed by one space.
 */
export function dataOf(frame: Buffer): string | undefined {
  const text = frame.toString('utf8');
  // Almost every frame is one line.
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2) return text.slice(6, -2);
  let data: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line !== 'data' && !line.startsWith('data:')) continue;
    const value = line.slice(5).replace(/^ /, '');
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}
