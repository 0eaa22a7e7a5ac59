/**
 * The agent's own questions to somebody else's engine: bounded in time and bytes, following nobody elsewhere.
 * Separate from the hot path, which the endpoint owns.
 */
import { Client } from 'undici';
import { CodedError } from '../../errors.ts';

/** Lists of thousands of models and vectors of 16,384 numbers stay below it. */
const MAX_ANSWER_BYTES = 8 * 1_048_576;

/** Where an engine is, and what it is told besides a question: its key. */
export interface Remote {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RemoteAnswer {
  readonly status: number;
  /** The whole answer. */
  readonly text: string;
  /** `undefined` when it was no JSON. */
  readonly json: unknown;
}

/** The engine could not be asked; `reason` is one plain sentence without its answer. */
export class Unreachable extends Error {
  readonly reason: string;
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/**
 * One question on a connection of its own; a redirect is an answer like any other.
 * @param body  JSON bytes, or a value to be sent as JSON; a GET without one
 * @throws Unreachable, or the signal's reason
 */
export async function askRemote(
  { origin, headers }: Remote,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  const client = new Client(origin, { connect: { timeout: 5_000 }, maxResponseSize: MAX_ANSWER_BYTES });
  try {
    const answer = await client.request({
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: body === undefined ? null : body instanceof Uint8Array ? body : JSON.stringify(body),
      signal,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, json: parsed(text) };
  } catch (cause) {
    throw signal.aborted && !isTimeout(signal)
      ? signal.reason
      : new Unreachable(reasonOf(cause, signal), cause);
  } finally {
    await client.destroy();
  }
}

/** The same for a question whose failure is the call's. @throws engine_unavailable */
export async function askForCall(
  remote: Remote,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  return askRemote(remote, path, body, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new CodedError('engine_unavailable', undefined, { cause });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isTimeout = ({ reason }: AbortSignal): boolean =>
  reason instanceof DOMException && reason.name === 'TimeoutError';

function reasonOf(cause: unknown, signal: AbortSignal): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (isTimeout(signal) || code.includes('TIMEOUT') || code === 'ETIMEDOUT')
    return 'It did not answer in time.';
  if (code === 'ECONNREFUSED') return 'Nothing answers at its address. Start it, or correct the address.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'There is no computer of that name in this network.';
  if (code.startsWith('ERR_TLS') || code.includes('CERT') || code.includes('SELF_SIGNED'))
    return 'Its certificate is not trusted by this machine.';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'It answered more than this machine takes from it.';
  return 'The connection to it broke.';
}
