/**
 * The one door of an engine that is a unit: over it the agent gives the task, hears how it goes, and sends requests. What a
 * child hears over its channel comes as `POST /task`, and its messages go back as lines for as long as the engine lives.
 * Separate so that an agent that was restarted finds its engine again: the same task joins, another one is refused.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CodedError } from '../../errors.ts';
import { readBody, sendJson } from '../openai/http.ts';
import { errorReply } from '../openai/reply.ts';
import { openaiHandler } from '../openai/server.ts';
import { type EngineMessage, engineTask } from '../supervised/messages.ts';
import { endMessage, type Serving } from './serve.ts';

/** A task as a unit gets it: where it listens is the unit's own affair. */
export const unitTask = engineTask.omit({ socketPath: true });
export type UnitTask = ReturnType<typeof unitTask.parse>;

/** How often a listener hears that the engine lives. */
const ALIVE_EVERY_MS = 1_000;
/** How long a reason to end waits for somebody to hear it. */
const LAST_WORD_MS = 10_000;

export interface EngineDoor {
  readonly server: Server;
  /** Resolves when the engine has ended and its reason was heard, or nobody came for it. */
  readonly ended: Promise<void>;
}

/** Listens nowhere yet. @param serve  starts the task; called once */
export function engineDoor(serve: (task: UnitTask, onProgress: () => void) => Promise<Serving>): EngineDoor {
  const listeners = new Set<ServerResponse>();
  let given: UnitTask | undefined;
  let answer: ReturnType<typeof openaiHandler> | undefined;
  let last: EngineMessage = { kind: 'alive' };
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const say = (message: EngineMessage) => {
    for (const listener of listeners) tell(listener, message);
  };
  const finish = (message: EngineMessage) => {
    last = message;
    say(message);
    for (const listener of listeners) listener.end(end);
    setTimeout(end, LAST_WORD_MS);
  };
  const begin = async (task: UnitTask) => {
    try {
      const { backend, gone } = await serve(task, () => say({ kind: 'loading' }));
      answer = openaiHandler(backend);
      last = { kind: 'ready' };
      say(last);
      const how = await gone;
      answer = undefined;
      finish({ kind: 'ending', how });
    } catch (error) {
      finish(endMessage(error, task));
    }
  };

  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    const task = parseTask(await readBody(request));
    if (given !== undefined && JSON.stringify(given) !== JSON.stringify(task))
      throw new CodedError('engine_unavailable', 'This engine serves another task.');
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    tell(response, last);
    if (last.kind === 'refused' || last.kind === 'ending') return response.end(end);
    listeners.add(response);
    const alive = setInterval(() => tell(response, { kind: 'alive' }), ALIVE_EVERY_MS);
    response.on('close', () => {
      clearInterval(alive);
      listeners.delete(response);
    });
    if (given !== undefined) return;
    given = task;
    await begin(task);
  };

  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/task')
      listen(request, response).catch((error: unknown) => refuse(response, error));
    else if (answer !== undefined) answer(request, response);
    else refuse(response, new CodedError('engine_unavailable'));
  });
  server.keepAliveTimeout = 120_000; // longer than the agent's pool keeps a socket, so that it is never the one surprised
  server.requestTimeout = 0; // the agent times its clients; a slow model is not a slow request
  return { server, ended };
}

/** @throws invalid_request */
function parseTask(body: Uint8Array): UnitTask {
  try {
    const task = unitTask.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    if (!task.modelPath.startsWith('/')) throw new Error('not an absolute path');
    return task;
  } catch (cause) {
    throw new CodedError('invalid_request', 'This is no task for an engine.', { cause });
  }
}

function tell(listener: ServerResponse, message: EngineMessage): void {
  listener.write(`${JSON.stringify(message)}\n`);
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, body } = errorReply(error);
  if (!response.headersSent) sendJson(response, status, body);
  else response.destroy();
}
