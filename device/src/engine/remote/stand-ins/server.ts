/**
 * What the stand-ins for other people's engines share: HTTP on a port of its own, a key, being away for a while, and answers
 * by rule (one word is one token) in OpenAI's shape. Separate from each stand-in, which adds what its engine publishes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type FakeRule, fakeBackend } from '../../openai/fake-backend.ts';
import { sendJson } from '../../openai/http.ts';
import { parseRequest } from '../../openai/parse.ts';
import { openaiHandler } from '../../openai/server.ts';
import type { InferencePath, ServedModel } from '../../port.ts';

// biome-ignore lint/suspicious/noExplicitAny: a stand-in looks into whatever JSON came
export type Json = any;

export interface StandInOptions {
  /** Names of its models. */
  readonly models: readonly string[];
  /** Every request must bring it. */
  readonly key?: string;
  readonly port?: number;
}

export interface StandIn {
  readonly origin: string;
  readonly port: number;
  /** May be turned while it runs. */
  readonly rule: { -readonly [Key in keyof FakeRule]: FakeRule[Key] };
  /** Its models now. */
  models: readonly string[];
  /** Paths asked, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Answers what only this engine knows. @returns false for what all of them answer the same */
export type OwnPaths = (
  path: string,
  body: Json,
  response: ServerResponse,
  about: {
    readonly models: readonly string[];
    /** The body as it came. */
    readonly raw: Buffer;
    countWords(path: InferencePath, body: object): Promise<number>;
  },
) => Promise<boolean>;

export async function startStandIn(options: StandInOptions, own: OwnPaths): Promise<StandIn> {
  const rule = { answer: undefined as string | undefined, delayMs: 0, wordDelayMs: 0 };
  const asked: string[] = [];
  const backend = (id: string) => fakeBackend(servedModel(id), 4, rule);
  const handlers = new Map<string, ReturnType<typeof openaiHandler>>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const path = request.url ?? '';
    asked.push(path);
    if (options.key !== undefined && request.headers.authorization !== `Bearer ${options.key}`)
      return sendJson(response, 401, { error: { message: 'Unauthorized', type: 'Unauthorized', code: 401 } });
    const body: Json = parsed(raw);
    const countWords = async (at: InferencePath, counted: object) => {
      const prompts = await backend('any').prepare(
        parseRequest(at, Buffer.from(JSON.stringify(counted))),
        new AbortController().signal,
      );
      return prompts.reduce((sum, prompt) => sum + prompt.tokens.length, 0);
    };
    if (await own(path, body, response, { models: standIn.models, raw, countWords })) return;
    if (request.method === 'POST' && body !== undefined && !standIn.models.includes(body.model))
      return sendJson(response, 404, {
        error: { message: `The model \`${body.model}\` does not exist.`, type: 'NotFoundError', code: 404 },
      });
    const id = body?.model ?? standIn.models[0] ?? '';
    const handler = handlers.get(id) ?? openaiHandler(backend(id));
    handlers.set(id, handler);
    handler(replayed(request, raw), response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const standIn: StandIn = {
    origin: `http://127.0.0.1:${port}`,
    port,
    rule,
    models: options.models,
    asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

const servedModel = (id: string): ServedModel => ({
  id,
  label: id,
  selfTest: false,
  contextTokens: 1024,
  sizeBytes: 0,
  capabilities: [],
});

function parsed(raw: Buffer): Json {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The same request with its body to be read again. */
function replayed(request: IncomingMessage, raw: Buffer): IncomingMessage {
  const body = Readable.from([raw]);
  const { method, url, headers } = request;
  return Object.assign(body, { method, url, headers }) as unknown as IncomingMessage; // the handler reads only these and the body
}
