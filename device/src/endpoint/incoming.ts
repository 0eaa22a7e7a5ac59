/** A body as the request it is, whatever it is written in. Separate from the call, which need not know that one path takes a
 *  form where the others take JSON. */
import type { InferencePath } from '../engine/port.ts';
import { textOfBody } from './body.ts';
import { parseForm } from './form.ts';
import { type InferenceRequest, parseInferenceRequest } from './parse.ts';

/**
 * Almost always at once; a promise only where a form has to be read.
 * @param contentType  as it came
 * @throws invalid_json, body_too_deep, invalid_request, unsupported_media_type
 */
export function readRequest(
  path: InferencePath,
  contentType: string | undefined,
  body: Buffer,
): InferenceRequest | Promise<InferenceRequest> {
  if (path === '/v1/audio/transcriptions') return parseForm(contentType, body);
  return parseInferenceRequest(path, textOfBody(body));
}

/** What the engine is told the body is: a form's type holds its boundary. */
export function forwardedType(path: InferencePath, contentType: string | undefined): string {
  return path === '/v1/audio/transcriptions' && contentType !== undefined ? contentType : 'application/json';
}
