/**
 * What a file is by its first bytes: one of the two formats taken, or a plain sentence about what came instead.
 * Separate because this is a list of what people really have in their hands when "the model does not work".
 */

/** As many first bytes as are looked at. */
export const SNIFFED_BYTES = 512;

export type Sniffed =
  | { readonly kind: 'gguf' | 'safetensors' }
  | { readonly kind: 'other'; readonly what: string };

const TAKEN = 'Models are taken as GGUF or safetensors.';
/** PyTorch's files are programs that make a model. */
const PICKLE = `The file is a PyTorch model, and such files can run programs when they are opened. ${TAKEN}`;
const ARCHIVE = `The file is an archive. ${TAKEN} Unpack it first if there is one inside.`;

const byText =
  (...texts: readonly string[]) =>
  (first: string) =>
    texts.some((text) => first.startsWith(text));
/** Text of a page or an answer, whatever stands before it. */
const byPage = (pattern: RegExp) => (first: string) =>
  pattern.test(first.replace(/^\xef\xbb\xbf/, '').trimStart());

/** In this order; the first that holds. Bytes are read as Latin-1. */
const OTHERS: readonly (readonly [holds: (first: string) => boolean, what: string])[] = [
  [(first) => first === '', 'The file is empty. Fetch it again.'],
  [
    (first) => first.replaceAll('\0', '') === '',
    'The file holds only zeros at its beginning: it was not fetched to its end. Fetch it again.',
  ],
  [
    byText('PK\x03\x04'),
    `The file is a zip archive, as PyTorch’s .bin and .pt files are, and those can run programs when they are opened. ${TAKEN}`,
  ],
  [byText('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'), PICKLE],
  [
    byText('version https://git-lfs.github.com/spec/'),
    'The file is only a Git LFS pointer to a model, not the model itself. Fetch it from its download address.',
  ],
  [
    byPage(/^<(?:!doctype html|html|head|body|\?xml|!--)/i),
    'The file is a web page, not a model: the address may want a sign-in, or say that there is nothing. Open it in a browser.',
  ],
  [
    byPage(/^[{[]/),
    'The file is a JSON text, not a model: it may be a server’s error, or an index that belongs to a model.',
  ],
  [byText('lmgg', 'fmgg', 'tjgg', 'algg'), `The file is a model of a kind older than GGUF. ${TAKEN}`],
  [byText('\x89HDF'), `The file is a Keras model (HDF5). ${TAKEN}`],
  [(first) => first.startsWith('TFL3', 4), `The file is a TensorFlow Lite model. ${TAKEN}`],
  [byText('\x93NUMPY'), `The file is a NumPy array. ${TAKEN}`],
  [byText('\x1f\x8b', 'BZh', '7z\xbc\xaf', '\xfd7zXZ', '\x28\xb5\x2f\xfd', 'Rar!'), ARCHIVE],
  [(first) => first.startsWith('ustar', 257), ARCHIVE],
  [byText('\x7fELF', 'MZ'), `The file is a program, not a model. ${TAKEN}`],
];

/** @param bytes  the first `SNIFFED_BYTES` of the file, fewer only when it has no more */
export function sniff(bytes: Uint8Array): Sniffed {
  const first = String.fromCharCode(...bytes.subarray(0, SNIFFED_BYTES));
  if (first.startsWith('GGUF')) return { kind: 'gguf' };
  // A length of 64 bits whose upper half is zero, and then the beginning of the JSON.
  if (first.startsWith('\0\0\0\0{', 4)) return { kind: 'safetensors' };
  const what = OTHERS.find(([holds]) => holds(first))?.[1];
  return { kind: 'other', what: what ?? `The file is not a model of a known kind. ${TAKEN}` };
}
