/** Reads JSON bodies of control routes: small, UTF-8, not nested without end. Separate from the hot path's own reader. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { CodedError } from '../errors.ts';

/** No control call comes near it. */
export const MAX_BODY_BYTES = 64 * 1024;
const MAX_DEPTH = 100;

/** A parser that leaves `request.body` undefined when nothing was sent. Errors carry a `type` for `toCoded`. */
export function jsonBody(): RequestHandler {
  return express.json({
    limit: MAX_BODY_BYTES,
    inflate: false, // a compressed body could be far larger than what was sent
    type: () => true, // what is no JSON was refused by requireJson
    verify(_request, _response, bytes, encoding) {
      if (encoding !== 'utf-8') throw typed('b3iq.charset');
      if (!isUtf8(bytes)) throw typed('b3iq.not-utf8');
      if (depthOf(bytes) > MAX_DEPTH) throw typed('b3iq.too-deep');
    },
  });
}

/** The body parser writes a status onto what `verify` throws, so that these are plain errors. */
const typed = (type: string) => Object.assign(new Error('body refused'), { type });

/** @throws unsupported_media_type when there is a body that does not call itself JSON */
export function requireJson(request: IncomingMessage): void {
  const { headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (hasBody && type !== 'application/json') throw new CodedError('unsupported_media_type');
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
