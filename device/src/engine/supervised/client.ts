/** The agent's own two questions to an engine: are you well, and how long is this prompt. Separate from the hot path,
 *  which belongs to the endpoint. Each opens a connection of its own: on a unix socket that costs microseconds. */
import { request } from 'node:http';
import { z } from 'zod';
import { CodedError, ERRORS, type ErrorCode } from '../../errors.ts';
import type { InferencePath } from '../port.ts';

const health = z.object({ status: z.literal('ok'), busy: z.number(), stalled_ms: z.number().min(0) });
const count = z.object({ prompt_tokens: z.int().min(0) });
const problem = z.object({
  error: z.object({ message: z.string(), code: z.string(), param: z.string().nullish() }),
});

/** `undefined` when there was no good answer within `timeoutMs`. */
export async function fetchHealth(
  socketPath: string,
  timeoutMs: number,
): Promise<{ readonly busy: number; readonly stalledMs: number } | undefined> {
  try {
    const answer = await call(socketPath, 'GET', '/health', undefined, AbortSignal.timeout(timeoutMs));
    const { busy, stalled_ms } = health.parse(JSON.parse(answer.text));
    return { busy, stalledMs: stalled_ms };
  } catch {
    return undefined; // why it is unwell does not matter; the watchdog counts silence
  }
}

/** @throws what the engine refused the request with, engine_unavailable when it could not be asked */
export async function fetchCount(
  socketPath: string,
  path: InferencePath,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  const target = `/count?path=${encodeURIComponent(path)}`;
  const answer = await call(socketPath, 'POST', target, body, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new CodedError('engine_unavailable', undefined, { cause });
  });
  if (answer.status === 200) return count.parse(JSON.parse(answer.text)).prompt_tokens;
  const { error } = problem.parse(JSON.parse(answer.text));
  const code: ErrorCode = Object.hasOwn(ERRORS, error.code) ? (error.code as ErrorCode) : 'engine_failed'; // just looked up
  throw new CodedError(code, error.message, error.param == null ? {} : { param: error.param });
}

function call(
  socketPath: string,
  method: string,
  path: string,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
