/**
 * What the endpoint reads of a form with a file in it: the model, and whether the answer is to be streamed.
 * Separate from `parse.ts` because it is no JSON. An own reader instead of Node's: that one copies the file and takes seconds for a
 * hostile body, during which no stream moves; this one looks at the heads of at most 64 parts. And what it does not understand
 * to the last byte it refuses, for the engine will read the same bytes with a parser of its own. Pure.
 * @see RFC 7578, RFC 2046 §5.1.1
 */
import { CodedError } from '../errors.ts';
import type { InferenceRequest } from './parse.ts';

/** A transcription has a dozen fields. */
const MAX_PARTS = 64;
/** Bytes of the head of one part. */
const MAX_HEAD_BYTES = 2_048;
/** Bytes of a field that is read; a model's name is shorter. */
const MAX_FIELD_BYTES = 300;
/** As clients write it: names in quotes, nothing escaped in a way that two parsers could read differently. */
const DISPOSITION =
  /^form-data; name="([^"\\]*)"(; filename="[^"\\]*")?(?:; filename\*=[\w.'%~!#$&+^`|-]+)?$/i;

interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly value: Buffer;
}

/**
 * @param contentType  as it came, with its boundary     @param body  bounded by the caller
 * @throws unsupported_media_type, invalid_request with the field at fault
 */
export function parseForm(contentType: string | undefined, body: Buffer): InferenceRequest {
  const parts = partsOf(body, boundaryOf(contentType));
  if (!parts.some(({ name, isFile }) => name === 'file' && isFile))
    throw wrong('file', 'expected a recording');
  const model = only(parts, 'model');
  if (model === undefined || model === '') throw wrong('model', 'expected the name of a model');
  return {
    model,
    isStream: only(parts, 'stream') === 'true',
    wantsUsage: true,
    streamOptions: undefined,
    maxTokens: undefined,
    maxTokensNames: [],
    choices: 0,
    prompts: 1,
    hasTools: false,
    hasSchema: false,
    hasLogprobs: false,
    hasImages: false,
  };
}

/** The same form with another model: for an engine that has its own name for it. @param body  that `parseForm` has read */
export function renameInForm(contentType: string, body: Buffer, model: string): Buffer {
  const part = partsOf(body, boundaryOf(contentType)).find(({ name }) => name === 'model');
  if (part === undefined) return body;
  const at = part.value.byteOffset - body.byteOffset;
  return Buffer.concat([body.subarray(0, at), Buffer.from(model), body.subarray(at + part.value.length)]);
}

function boundaryOf(contentType = ''): string {
  const found = /^multipart\/form-data\s*;\s*boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+.-]{1,70}))$/i.exec(
    contentType,
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined)
    throw new CodedError(
      'unsupported_media_type',
      'Send the recording as `multipart/form-data` with a boundary and no other parameter.',
    );
  return boundary;
}

function partsOf(body: Buffer, boundary: string): readonly Part[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Part[] = [];
  if (body.indexOf(delimiter.subarray(2)) !== 0) throw unreadable();
  let at = delimiter.length - 2;
  for (;;) {
    const after = body.toString('latin1', at, at + 4);
    if (after === '--' || after === '--\r\n') return parts;
    if (!after.startsWith('\r\n') || parts.length === MAX_PARTS) throw unreadable();
    const headEnd = body.subarray(at, at + MAX_HEAD_BYTES).indexOf('\r\n\r\n');
    if (headEnd === -1) throw unreadable();
    const start = at + headEnd + 4;
    const end = body.indexOf(delimiter, start - 2);
    if (end === -1 || end < start) throw unreadable();
    parts.push(partOf(body.toString('utf8', at + 2, at + headEnd), body.subarray(start, end)));
    at = end + delimiter.length;
  }
}

function partOf(head: string, value: Buffer): Part {
  let found: RegExpExecArray | undefined;
  for (const line of head.split('\r\n')) {
    const [, name = '', text = ''] = /^([A-Za-z-]+): ?(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === 'content-disposition' && found === undefined)
      found = DISPOSITION.exec(text) ?? undefined;
    // An encoding, a line that goes on, a second disposition: read by some, and not by others.
    else if (!/^content-(type|length)$/i.test(name)) throw unreadable();
  }
  if (found === undefined) throw unreadable();
  return { name: found[1] ?? '', isFile: found[2] !== undefined, value };
}

/** A field's text. Twice the same field is refused: which of the two an engine reads is its own affair. */
function only(parts: readonly Part[], name: string): string | undefined {
  const [part, ...more] = parts.filter((each) => each.name === name);
  if (part === undefined) return undefined;
  if (more.length > 0 || part.isFile || part.value.length > MAX_FIELD_BYTES)
    throw wrong(name, 'expected it once, as a short text');
  return part.value.toString('utf8');
}

const unreadable = () =>
  new CodedError(
    'invalid_request',
    'The body is no form that can be read. Send fields and one file, plainly.',
  );

function wrong(param: string, what: string): CodedError {
  return new CodedError('invalid_request', `${param}: ${what}.`, { param });
}
