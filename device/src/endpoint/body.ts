/**
 * A request's body as bytes, bounded while it arrives, and as text that is fit to be parsed.
 * Separate because this is where a stranger's bytes first touch memory.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { CodedError } from '../errors.ts';
import { isDeeperThan, MAX_DEPTH } from './parse.ts';

/** Bytes of bodies held by all calls together. */
export interface HeldBytes {
  now: number;
  readonly max: number;
}

/** Says whether the headers alone already forbid the body. @throws body_too_large, unsupported_media_type */
export function checkBodyHeaders(request: IncomingMessage, maxBytes: number): void {
  const { 'content-length': length, 'content-encoding': encoding } = request.headers;
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes);
  if (encoding !== undefined && encoding !== 'identity')
    throw new CodedError('unsupported_media_type', 'Send the body uncompressed, without `content-encoding`.');
}

/**
 * The whole body. What it holds is added to `held` as it comes; whoever asked takes it off again.
 * @returns undefined when the client went away first
 * @throws body_too_large, queue_full when all bodies together are too many bytes
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  held: HeldBytes,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (error: CodedError) => {
      request.off('data', onData);
      held.now -= size;
      chunks.length = 0;
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      held.now += chunk.length;
      if (size > maxBytes) stop(tooLarge(maxBytes));
      else if (held.now > held.max)
        stop(
          new CodedError(
            'queue_full',
            'The machine holds as many large requests as it can. Try again shortly.',
            {
              retryAfterS: 5,
            },
          ),
        );
      else chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => {
      const [first] = chunks;
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    // Settled by then unless the client left in the middle.
    request.once('close', () => {
      if (request.complete) return;
      if (chunks.length > 0) held.now -= size;
      resolve(undefined);
    });
  });
}

/** The body as text. @throws invalid_json when it is no UTF-8, body_too_deep */
export function textOfBody(body: Buffer): string {
  if (!isUtf8(body))
    throw new CodedError('invalid_json', 'The body is not valid UTF-8. Send one UTF-8 JSON object.');
  if (isDeeperThan(body, MAX_DEPTH))
    throw new CodedError('body_too_deep', `The body nests arrays and objects more than ${MAX_DEPTH} deep.`);
  return body.toString('utf8');
}

function tooLarge(maxBytes: number): CodedError {
  return new CodedError(
    'body_too_large',
    `The body is larger than ${maxBytes} bytes, the most this machine takes.`,
  );
}
