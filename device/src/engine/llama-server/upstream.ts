/** HTTP to the native server's own unix socket: JSON, and the events of a stream. Separate from what is asked.
 *  Each call has a connection of its own: a socket used again right after a stream was reset. */
import { type IncomingMessage, request } from 'node:http';
import { CodedError } from '../../errors.ts';
import { linesOf } from './lines.ts';

export interface Upstream {
  /** @throws what the native server refused it with, engine_unavailable when it cannot be asked */
  json(path: string, body: object | undefined, signal: AbortSignal): Promise<unknown>;
  /** Parsed events of `data:` lines. Ending the loop closes the connection, which ends the work. */
  events(path: string, body: object, signal: AbortSignal): AsyncGenerator<unknown, void>;
}

/** @param socketPath  where llama-server listens */
export function upstream(socketPath: string): Upstream {
  return {
    async json(path, body, signal) {
      const response = await send(socketPath, path, body, signal);
      const text = await textOf(response, signal);
      if (response.statusCode !== 200) throw refusal(response.statusCode ?? 0, text);
      return JSON.parse(text);
    },
    async *events(path, body, signal) {
      const response = await send(socketPath, path, body, signal);
      if (response.statusCode !== 200)
        throw refusal(response.statusCode ?? 0, await textOf(response, signal));
      try {
        yield* eventsOf(response, signal);
      } finally {
        response.destroy();
      }
    },
  };
}

async function* eventsOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<unknown, void> {
  try {
    for await (const line of linesOf(response))
      if (line.startsWith('data: ') && !line.startsWith('data: [DONE]')) yield JSON.parse(line.slice(6));
  } catch (cause) {
    throw signal.aborted || cause instanceof CodedError ? cause : broken(cause);
  }
}

function send(
  socketPath: string,
  path: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        agent: false,
        signal,
      },
      resolve,
    );
    sent.on('error', (cause) => reject(signal.aborted ? cause : broken(cause)));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function textOf(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (cause) {
    throw signal.aborted ? cause : broken(cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The native server's words may quote what a client wrote; they stay in the chain. */
function refusal(status: number, text: string): CodedError {
  const cause = new Error(`llama-server answered ${status}: ${text.slice(0, 500)}`);
  if (/grammar/i.test(text))
    return new CodedError(
      'invalid_request',
      'The schema is too large for the engine: use fewer parts, or smaller bounds on lengths and lists.',
      { param: 'response_format', cause },
    );
  if (status === 400) return new CodedError('invalid_request', 'The engine refused this request.', { cause });
  return new CodedError(status === 503 ? 'engine_unavailable' : 'engine_failed', undefined, { cause });
}

const broken = (cause: unknown): CodedError => new CodedError('engine_failed', undefined, { cause });
