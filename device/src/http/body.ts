/**
 * Reads JSON bodies of control routes: small, UTF-8, not nested without end.
 * Separate from the hot path's own reader. `express.json` is not used: it reads a body that is far too large to its
 * end before it answers, and turns bytes that are no text into marks without a word.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { CodedError } from '../errors.ts';

/** No control call comes near it. */
export const MAX_BODY_BYTES = 64 * 1024;
const MAX_DEPTH = 100;

/**
 * The body as JSON; `undefined` when nothing was sent.
 * @throws unsupported_media_type, body_too_large, body_too_deep, invalid_json, request_timeout when it was cut off
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  requireJson(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes))
    throw new CodedError('invalid_json', 'The body is not valid UTF-8. Send one UTF-8 JSON object.');
  if (depthOf(bytes) > MAX_DEPTH) throw new CodedError('body_too_deep');
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString());
  } catch {
    throw new CodedError('invalid_json'); // the parser's own words would repeat what was sent
  }
  if (typeof body !== 'object' || body === null) throw new CodedError('invalid_json');
  return body;
}

/** @throws unsupported_media_type when there is a body that is not plain UTF-8 JSON by its headers */
export function requireJson({ headers }: IncomingMessage): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((p) => p.trim()).find((p) => p.startsWith('charset='));
  const isPlain = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const isCompressed =
    headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity';
  if (type.trim() !== 'application/json') throw new CodedError('unsupported_media_type');
  if (!isPlain || isCompressed)
    throw new CodedError('unsupported_media_type', 'Send plain UTF-8 JSON without compression.');
}

const tooLarge = () =>
  new CodedError('body_too_large', `The body may have at most ${MAX_BODY_BYTES / 1024} KiB.`, {
    headers: { connection: 'close' }, // the rest of it is not worth reading
  });

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let length = 0;
  request.on('data', (part: Buffer) => {
    length += part.length;
    if (length > MAX_BODY_BYTES) {
      request.pause();
      reject(tooLarge());
    } else parts.push(part);
  });
  request.once('end', () => resolve(Buffer.concat(parts, length)));
  const cut = () =>
    reject(new CodedError('request_timeout', 'The request ended before its body was complete.'));
  request.once('aborted', cut);
  request.once('error', cut);
  return promise;
}

/** How deeply the arrays and objects of a JSON text are nested; brackets in strings do not count. */
export function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return deepest;
}
