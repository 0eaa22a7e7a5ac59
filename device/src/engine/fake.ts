/**
 * An engine that answers by rule instead of by model, over the same HTTP on a unix socket, inside this process.
 * Separate so that the endpoint, keys and receipts can be tested in milliseconds and made to fail on demand.
 * One word is one token; a chat's prompt is the words of all messages plus 4 per message, plus those of its tools as
 * JSON. An answer that ends by itself samples one token more than it has words: the one that ends it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Capability } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import { answerMedia, countRerank, isMedia } from './fake-media.ts';
import { type FakeRule, fakeBackend } from './openai/fake-backend.ts';
import { sendJson } from './openai/http.ts';
import { parseRequest } from './openai/parse.ts';
import { errorReply } from './openai/reply.ts';
import { openaiHandler } from './openai/server.ts';
import type { Engine, EngineState, ServedModel } from './port.ts';

/** What may be turned while it runs; every field has a harmless default. */
export interface FakeKnobs {
  /** The whole answer of every choice; default `You said: ` + the last user text. */
  answer: string | undefined;
  /** Wait before the first byte, ms. */
  delayMs: number;
  /** Wait between two words of an answer, ms. */
  wordDelayMs: number;
  /** `status`: 500 before anything · `die`: the socket is cut in the middle of a stream, or before an answer that is no
   *  stream · `hang`: never an answer · `no_usage`: complete, but without usage. */
  fail: 'no' | 'status' | 'die' | 'hang' | 'no_usage';
  /** Make `countPrompt` throw engine_unavailable. */
  failCount: boolean;
}

export interface FakeRequest {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever JSON came
  readonly body: any;
  readonly contentType: string | undefined;
  /** The client went away before the answer was complete. */
  aborted: boolean;
  finished: boolean;
}

export interface FakeEngine {
  readonly engine: Engine;
  readonly knobs: FakeKnobs;
  /** Inference requests in the order they came. */
  readonly requests: FakeRequest[];
  /** Requests being worked on now, and the most there ever were at once. */
  readonly load: { readonly now: number; readonly peak: number };
  /** Puts the engine into a state, as a crash or restart would. */
  setState(state: EngineState): void;
  stop(): Promise<void>;
}

export interface FakeEngineOptions {
  readonly model?: Partial<ServedModel>;
  readonly slots?: number;
  /** The model's when left out. */
  readonly id?: string;
  readonly knobs?: Partial<FakeKnobs>;
  /** Start in `ready` (default) or leave `stopped` until `engine.start()`. */
  readonly started?: boolean;
}

/** The chunk of a stream before which `die` cuts: after the role and one word. */
const DIES_AT_WRITE = 3;

/** A ready fake engine on a socket of its own in a fresh temp folder; `stop` removes both. */
export async function startFakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-fake-engine-'));
  const path = join(folder, 'engine.sock');
  const model: ServedModel = {
    id: 'b3iq-selftest',
    label: 'Fake self-test model',
    selfTest: true,
    contextTokens: 1024,
    sizeBytes: 2_000_000,
    capabilities: [
      'chat',
      'completions',
      'embeddings',
      'tools',
      'json_schema',
      'logprobs',
      'responses',
      'messages',
    ],
    ...options.model,
  };
  const knobs: FakeKnobs = {
    answer: undefined,
    delayMs: 0,
    wordDelayMs: 0,
    fail: 'no',
    failCount: false,
    ...options.knobs,
  };
  const slots = options.slots ?? 4;
  const rule: FakeRule = knobs;
  const backend = fakeBackend(model, slots, rule);
  const answer = openaiHandler(backend);
  const requests: FakeRequest[] = [];
  const load = { now: 0, peak: 0 };
  const server = createServer((request, response) => {
    record(request, response, knobs, requests, load, answer, model.capabilities).catch(() =>
      response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const listeners = new Set<() => void>();
  let state: EngineState = { name: options.started === false ? 'stopped' : 'ready' };
  const setState = (next: EngineState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const engine: Engine = {
    id: options.id ?? model.id,
    model,
    address: { kind: 'socket', path },
    slots,
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async countPrompt(inferencePath, body, signal) {
      if (state.name !== 'ready' || knobs.failCount) throw new CodedError('engine_unavailable');
      if (inferencePath === '/v1/rerank') return countRerank(JSON.parse(Buffer.from(body).toString('utf8')));
      const prompts = await backend.prepare(parseRequest(inferencePath, body), signal);
      return prompts.reduce((sum, prompt) => sum + prompt.tokens.length, 0);
    },
    async start() {
      setState({ name: 'ready' });
    },
    async stop() {
      setState({ name: 'stopped' });
      server.closeAllConnections();
    },
  };
  const stop = async () => {
    await engine.stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await rm(folder, { recursive: true, force: true });
  };
  return { engine, knobs, requests, load, setState, stop };
}

/** Keeps a note of the request, breaks what it was told to break, and lets the real server answer. */
async function record(
  request: IncomingMessage,
  response: ServerResponse,
  knobs: FakeKnobs,
  requests: FakeRequest[],
  load: { now: number; peak: number },
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  capabilities: readonly Capability[],
): Promise<void> {
  if (request.method !== 'POST' || !request.url?.startsWith('/v1/')) return answer(request, response);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const note: FakeRequest = {
    path: request.url,
    body: parsed(raw),
    contentType: request.headers['content-type'],
    aborted: false,
    finished: false,
  };
  requests.push(note);
  load.now += 1;
  load.peak = Math.max(load.peak, load.now);
  response.on('close', () => {
    load.now -= 1;
    note.finished = response.writableFinished;
    note.aborted = !response.writableFinished;
  });
  if (knobs.fail === 'hang') return;
  if (knobs.fail === 'status') {
    const { status, body } = errorReply(new CodedError('engine_failed', 'The fake engine was told to fail.'));
    return sendJson(response, status, body);
  }
  if (knobs.fail === 'die') dieMidway(response);
  if (knobs.fail === 'no_usage') dropUsage(response);
  if (isMedia(note.path, capabilities)) return answerMedia(note.path, raw, response);
  answer(replayed(request, raw), response);
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The same request with its body to be read again. */
function replayed(request: IncomingMessage, raw: Buffer): IncomingMessage {
  const body = Readable.from([raw]);
  return Object.assign(body, {
    method: request.method,
    url: request.url,
    headers: request.headers,
  }) as unknown as IncomingMessage; // the handler reads only these and the body
}

function dieMidway(response: ServerResponse): void {
  const write = response.write.bind(response) as (chunk: unknown) => boolean; // the server writes one argument
  let writes = 0;
  response.write = (chunk: unknown) => {
    writes += 1;
    if (writes < DIES_AT_WRITE) return write(chunk);
    setImmediate(() => response.destroy()); // what was written before has gone out by then
    return true;
  };
  response.end = () => {
    setImmediate(() => response.destroy());
    return response;
  };
}

function dropUsage(response: ServerResponse): void {
  const write = response.write.bind(response) as (chunk: unknown) => boolean; // the server writes one argument
  const end = response.end.bind(response) as (chunk?: unknown) => ServerResponse; // and ends with at most one
  response.write = (chunk: unknown) => (String(chunk).includes('"choices":[],"usage"') ? true : write(chunk));
  response.end = (chunk?: unknown) => {
    if (!Buffer.isBuffer(chunk)) return end(chunk);
    const { usage: _, ...rest } = JSON.parse(chunk.toString('utf8'));
    // Blanks keep the length that the header already promises.
    return end(
      Buffer.concat([Buffer.from(JSON.stringify(rest)), Buffer.alloc(chunk.length, ' ')], chunk.length),
    );
  };
}
