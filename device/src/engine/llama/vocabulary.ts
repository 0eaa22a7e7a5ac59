/**
 * A model's vocabulary as bytes: what each token adds to the text, exactly, also when it is half a character.
 * Separate and pure because detokenizing whole runs hides where a character was split.
 */

/** What a GGUF says about its tokens. */
export interface VocabularyFacts {
  /** `tokenizer.ggml.model`: `gpt2` (byte-level BPE), `llama` (SentencePiece) or another. */
  readonly model: string;
  readonly tokens: readonly string[];
  /** `tokenizer.ggml.token_type`; 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte. */
  readonly types: readonly number[];
}

const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const BYTE = 6;

/** True for tokens that steer and have no text of their own. */
export function isControlType(type: number | undefined): boolean {
  return type === CONTROL || type === UNKNOWN;
}

/**
 * Bytes of one token, control tokens by their name. `undefined` when this kind of vocabulary is not known here and the
 * engine must be asked.
 */
export function tokenBytes(facts: VocabularyFacts, token: number): Uint8Array | undefined {
  const text = facts.tokens[token];
  if (text === undefined) return undefined;
  const type = facts.types[token] ?? NORMAL;
  if (facts.model === 'gpt2') return type === NORMAL ? fromByteAlphabet(text) : encode(text);
  if (facts.model === 'llama') {
    const byte = type === BYTE ? /^<0x([0-9A-Fa-f]{2})>$/.exec(text)?.[1] : undefined;
    if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
    return encode(type === NORMAL ? text.replaceAll('\u2581', ' ') : text);
  }
  return undefined;
}

/** Bytes of the longest token. `Infinity` where one token may stand for any word, or where this is not known. */
export function longestTokenBytes(facts: VocabularyFacts): number {
  if (facts.tokens.length === 0) return Number.POSITIVE_INFINITY;
  return facts.tokens.reduce(
    (longest, _, token) => Math.max(longest, tokenBytes(facts, token)?.length ?? Number.POSITIVE_INFINITY),
    1,
  );
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** GPT-2 writes each byte as a printable character: itself where it is one, else from U+0100 on, in order.
 *  @see https://github.com/openai/gpt-2/blob/master/src/encoder.py bytes_to_unicode */
const BYTE_OF = (() => {
  const table = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    table.set(String.fromCodePoint(isPrintable ? byte : next++), byte);
  }
  return table;
})();

/** A character that is no stand-in, as some files have in added tokens, stands for itself. */
function fromByteAlphabet(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const byte = BYTE_OF.get(char);
    if (byte === undefined) bytes.push(...encode(char));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
