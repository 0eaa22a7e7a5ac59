/**
 * The permitted edits of a request (contract: Permitted edits on the hot path), as text put in before its last brace.
 * Separate and pure: this is the only place that changes a byte a client sent, and it never re-serialises the body.
 * What stands last in a JSON object wins, so an earlier field of the same name, however spelt, changes nothing.
 */
import type { InferencePath } from '../engine/port.ts';
import type { InferenceRequest } from './parse.ts';

const CLOSING_BRACE = 0x7d;

/**
 * The fields to add.
 * @param cap  completion tokens per choice that were reserved, ≤ what the client asked for; undefined when nothing limits the call
 * @returns JSON text beginning with a comma, or '' when the body can go as it is
 */
export function planEdits(path: InferencePath, request: InferenceRequest, cap: number | undefined): string {
  const limit = path === '/v1/responses' ? 'max_output_tokens' : 'max_tokens';
  let text = '';
  if (cap !== undefined && !isCappedAlready(request, limit, cap)) {
    text += `,"${limit}":${cap}`;
    for (const name of request.maxTokensNames) if (name !== limit) text += `,${JSON.stringify(name)}:${cap}`;
  }
  // Responses and Messages always tell what they cost.
  const mustAsk = path === '/v1/chat/completions' || path === '/v1/completions';
  if (mustAsk && request.isStream && !request.wantsUsage)
    text += `,"stream_options":${JSON.stringify({ ...request.streamOptions, include_usage: true })}`;
  return text;
}

/** Only the plain name counts: whether an engine knows another one is its own affair. */
function isCappedAlready(request: InferenceRequest, limit: string, cap: number): boolean {
  const { maxTokens, maxTokensNames } = request;
  return maxTokens === cap && maxTokensNames.length === 1 && maxTokensNames[0] === limit;
}

/** `body` with `text` put in before its last brace; the same bytes when there is nothing to add.
 *  @param body  a JSON object of at least one field */
export function spliceBody(body: Buffer, text: string): Buffer {
  if (text === '') return body;
  const brace = body.lastIndexOf(CLOSING_BRACE);
  return Buffer.concat([body.subarray(0, brace), Buffer.from(text), body.subarray(brace)]);
}
