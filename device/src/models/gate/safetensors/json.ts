/**
 * The JSON of a safetensors header: objects, arrays, texts and whole numbers, three levels deep, and no key twice.
 * Separate because JSON.parse keeps only the last of two equal keys, and two readers could then see two different models.
 * @see https://www.rfc-editor.org/rfc/rfc8259 §4 "names within an object SHOULD be unique"
 */
import { type Asking, refuse } from '../cursor.ts';

export type HeaderJson = string | number | readonly HeaderJson[] | ReadonlyMap<string, HeaderJson>;

const MOST_DEPTH = 3;
/** Values read between two pauses, in which whoever drives the parser can do something else. */
export const STRIDE = 8_192;
const BAD = 'The file’s header is not the JSON it should be.';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

/** @throws model_file_refused unless the whole text is one object */
export function* parseHeaderJson(text: string): Asking<ReadonlyMap<string, HeaderJson>> {
  const reader = new Reader(text);
  const value = yield* readObject(reader, 1);
  if (!reader.isOver()) throw refuse(BAD);
  return value;
}

function* readObject(reader: Reader, depth: number): Asking<ReadonlyMap<string, HeaderJson>> {
  reader.pass('{');
  const object = new Map<string, HeaderJson>();
  if (reader.passIf('}')) return object;
  do {
    const key = reader.text();
    if (object.has(key)) throw refuse('The file’s header holds a name twice.');
    reader.pass(':');
    object.set(key, reader.isAt('{') ? yield* readObject(reader, deeper(depth)) : readFlat(reader, depth));
    if (reader.mayPause()) yield 0;
  } while (reader.passIf(','));
  reader.pass('}');
  return object;
}

function readFlat(reader: Reader, depth: number): HeaderJson {
  if (reader.isAt('"')) return reader.text();
  if (!reader.passIf('[')) return reader.number();
  const list: HeaderJson[] = [];
  if (reader.passIf(']')) return list;
  do list.push(readFlat(reader, deeper(depth)));
  while (reader.passIf(','));
  reader.pass(']');
  return list;
}

function deeper(depth: number): number {
  if (depth >= MOST_DEPTH) throw refuse('The file’s header is nested more deeply than its format allows.');
  return depth + 1;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #read = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isOver(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  isAt(mark: string): boolean {
    this.#space();
    return this.#text[this.#at] === mark;
  }

  passIf(mark: string): boolean {
    if (!this.isAt(mark)) return false;
    this.#at += 1;
    return true;
  }

  pass(mark: string): void {
    if (!this.passIf(mark)) throw refuse(BAD);
  }

  mayPause(): boolean {
    this.#read += 1;
    return this.#read % STRIDE === 0;
  }

  /** Between quotes. Escapes are left to JSON.parse, on a piece that can be nothing but a text. */
  text(): string {
    this.pass('"');
    const start = this.#at;
    let isPlain = true;
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (Number.isNaN(code) || code < 0x20) throw refuse(BAD);
      if (code !== BACKSLASH) continue;
      isPlain = false;
      this.#at += 1;
    }
    const piece = this.#text.slice(start, this.#at);
    this.#at += 1;
    return isPlain ? piece : unescaped(piece);
  }

  /** Whole, not negative, exact. */
  number(): number {
    this.#space();
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
    const digits = this.#text.slice(start, this.#at);
    const number = Number(digits);
    if (digits === '' || (digits.length > 1 && digits.startsWith('0')) || !Number.isSafeInteger(number))
      throw refuse('The file’s header holds a number that is not a proper size.');
    return number;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

function unescaped(piece: string): string {
  try {
    const text: unknown = JSON.parse(`"${piece}"`);
    if (typeof text === 'string' && text.isWellFormed()) return text;
  } catch {
    // Told below, as half a surrogate is.
  }
  throw refuse(BAD);
}
