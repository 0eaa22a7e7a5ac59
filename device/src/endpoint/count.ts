/**
 * One count of a prompt, for clients that plan: how many tokens a request would have.
 * Separate from `Call`, which ends in a receipt: a count writes nothing, costs no tokens, and takes no slot of an engine.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InferencePath } from '../engine/port.ts';
import { CodedError, errorChain } from '../errors.ts';
import type { LiveKey } from '../keys/port.ts';
import { leave } from '../keys/state.ts';
import { checkBodyHeaders, readBody, textOfBody } from './body.ts';
import { enterKey, requireCapabilities, requireModel } from './call-policy.ts';
import type { CallContext } from './context.ts';
import { countPrompt } from './count-prompt.ts';
import { parseInferenceRequest } from './parse.ts';
import { refuse } from './refuse.ts';
import { shapeOf } from './routes.ts';

/** Answers `{"input_tokens": …}` for what would be sent to `path`. Never rejects. */
export async function answerCount(
  context: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: InferencePath,
  key: LiveKey,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { limits, held, clock, log } = context;
  let heldBytes = 0;
  let hasEntered = false;
  try {
    checkBodyHeaders(request, limits.maxBodyBytes);
    const body = await readBody(request, limits.maxBodyBytes, held);
    if (body === undefined) return;
    heldBytes = body.length;
    const asked = parseInferenceRequest(path, textOfBody(body));
    const lane = context.laneOf(asked.model);
    requireModel(key, asked.model);
    requireCapabilities(lane.model, path, asked);
    lane.requireReady(clock.now());
    enterKey(key, clock.monotonicMs());
    hasEntered = true;
    const input_tokens = await countPrompt(lane, path, body, gone.signal);
    const text = JSON.stringify({ input_tokens });
    response
      .writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'content-length': Buffer.byteLength(text),
      })
      .end(text);
  } catch (error) {
    if (gone.signal.aborted) return;
    const coded =
      error instanceof CodedError ? error : new CodedError('internal', undefined, { cause: error });
    if (coded.code === 'internal') log.error('endpoint.bug', { reason: errorChain(error) });
    refuse(request, response, shapeOf(path), coded);
  } finally {
    held.now -= heldBytes;
    if (hasEntered) leave(key.meter);
  }
}
