/**
 * One HTTP call to the agent's control socket, or to its public address, with bounds on everything that comes back.
 * Separate from `client.ts` so that time-outs, sizes and connection errors are dealt with once.
 * Plain node:http rather than undici: one short call needs no pool, and starts faster.
 */
import { lstat } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CliError, problem } from '../problems.ts';
import { errno } from '../secrets.ts';

/** Where the other side answers. */
export type Target =
  | { readonly kind: 'socket'; readonly path: string; readonly uid: number | undefined }
  | { readonly kind: 'origin'; readonly base: string; readonly apiKey: string };

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under the target, beginning with `/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly accept?: string;
  /** Until the answer begins; 30 s unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** 16 MiB: a page of 200 receipts, or a thousand keys, takes well under one. */
const MAX_ANSWER_BYTES = 16 << 20;
const TIMEOUT_MS = 30_000;
/** Longest path `sockaddr_un` holds on Linux, without its closing zero. @see unix(7) */
const MAX_SOCKET_PATH_BYTES = 107;

/** The answer's head; the body is still to be read. @throws agent_unreachable; AbortError when the signal says so */
export async function send(target: Target, call: Call): Promise<IncomingMessage> {
  if (target.kind === 'socket') await checkSocket(target);
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  const headers = {
    accept: call.accept ?? 'application/json',
    ...(body ? { 'content-type': 'application/json', 'content-length': body.length } : {}),
    ...(target.kind === 'origin' ? { authorization: `Bearer ${target.apiKey}` } : {}),
  };
  const options = { method: call.method, headers, maxHeaderSize: 16_384, agent: false as const };
  return await new Promise((resolve, reject) => {
    let request: ClientRequest;
    if (target.kind === 'socket')
      request = httpRequest({ ...options, socketPath: target.path, path: call.path, host: 'localhost' });
    else {
      const url = `${target.base}${call.path}`;
      request = url.startsWith('https:') ? httpsRequest(url, options) : httpRequest(url, options);
    }
    const timer = setTimeout(
      () => request.destroy(problem('agent_unreachable', tooSlow(call.timeoutMs ?? TIMEOUT_MS))),
      call.timeoutMs ?? TIMEOUT_MS,
    );
    const stop = () => request.destroy(new DOMException('stopped', 'AbortError'));
    call.signal?.addEventListener('abort', stop, { once: true });
    if (call.signal?.aborted) stop();
    request.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(explained(error, target));
    });
    request.on('close', () => call.signal?.removeEventListener('abort', stop));
    request.end(body);
  });
}

/** The whole body, at most 16 MiB. @throws agent_answer_invalid, agent_unreachable */
export async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => response.destroy(new Error('too slow')), TIMEOUT_MS);
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw problem('agent_answer_invalid', 'The answer is larger than 16 MiB.');
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw problem('agent_unreachable', 'The agent went away in the middle of its answer.', error);
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The socket must be one, and ours: a password must not go to whoever left a socket in a shared folder. */
async function checkSocket({ path, uid }: { readonly path: string; readonly uid: number | undefined }) {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw problem(
      'agent_unreachable',
      `The path ${path} is too long for a socket. Choose a shorter state folder with --state-dir.`,
    );
  const found = await lstat(path).catch((error) => {
    throw explained(error, { kind: 'socket', path, uid });
  });
  if (!found.isSocket())
    throw problem('agent_unreachable', `${path} is not a socket. Check --state-dir or $B3IQ_STATE_DIR.`);
  if (uid !== undefined && uid !== 0 && found.uid !== uid && found.uid !== 0)
    throw problem(
      'agent_unreachable',
      `${path} belongs to another user. Use the user that installed the agent.`,
    );
}

/** Whether `error` says that no agent runs, as against one that runs and cannot be reached. */
export function isAgentStopped(error: unknown): boolean {
  return error instanceof CliError && ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(errno(error.cause));
}

function explained(error: unknown, target: Target): unknown {
  if (error instanceof Error && (error instanceof CliError || error.name === 'AbortError')) return error;
  const place = target.kind === 'socket' ? target.path : target.base;
  const start = 'Start it with `b3iq-host run`, or name its state folder with --state-dir.';
  const sentences: Readonly<Record<string, string>> = {
    ENOENT: `No agent is running: there is no socket at ${place}. ${start}`,
    ENOTDIR: `No agent is running: there is no socket at ${place}. ${start}`,
    ECONNREFUSED:
      target.kind === 'socket'
        ? `The agent is not running; it left its socket at ${place} behind. ${start}`
        : `Nothing answers at ${place}. Check that the agent runs and that the address is right.`,
    EACCES: `The socket ${place} may not be opened by this user. Use the user that installed the agent, or root.`,
    EPERM: `The socket ${place} may not be opened by this user. Use the user that installed the agent, or root.`,
  };
  const code = errno(error);
  return problem(
    'agent_unreachable',
    sentences[code] ?? `The agent at ${place} broke off the connection (${code}). Look at its log.`,
    error,
  );
}

const tooSlow = (ms: number): string =>
  `The agent did not answer within ${Math.round(ms / 1000)} s. Try again; if it stays, look at its log.`;
