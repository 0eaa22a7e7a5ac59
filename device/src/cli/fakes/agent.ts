/**
 * A stand-in for the agent: real HTTP on a real unix socket, and on loopback, with answers a test gives it.
 * Separate from the tests because several of them talk to it. It knows the shapes of `wire/src/local-api.ts` only.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalKey, ModelSummary, StatusAnswer } from '@b3iq/wire/local-api';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; `body` is what came, whole. */
export type Reply = (response: ServerResponse, body: string) => void | Promise<void>;

export interface FakeAgent {
  readonly stateDir: string;
  readonly origin: string;
  /** Every request so far, in order. */
  readonly heard: readonly Heard[];
  /** Answers `METHOD /path` (query left out) from now on. */
  on(route: string, reply: Reply | { readonly status?: number; readonly json: unknown }): void;
  stop(): Promise<void>;
}

export const json =
  (status: number, value: unknown): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

/** A native error object. */
export const refuse = (status: number, code: string, detail: string): Reply =>
  json(status, { error: { status, title: detail, detail, code } });

/** Server-sent events: each text as one chunk of a chat answer, then usage and `[DONE]`. */
export const streaming =
  (texts: readonly string[]): Reply =>
  (response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'b3iq-receipt': 'rcpt_01JD7QABCDEFGHJKMNPQ7F3KQ2',
    });
    for (const content of texts) response.write(chunk(content));
    response.write(
      `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\n`,
    );
    response.end('data: [DONE]\n\n');
  };

export const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;

/** Starts it in a fresh state folder; `GET /api/status` and `GET /api/models` are answered from the start. */
export async function startFakeAgent(): Promise<FakeAgent> {
  const stateDir = await mkdtemp(join(tmpdir(), 'b3iq-cli-'));
  const heard: Heard[] = [];
  const routes = new Map<string, Reply>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const piece of request) chunks.push(piece);
    const body = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    heard.push({ method, path, headers, body });
    const reply =
      routes.get(`${method} ${path.split('?', 1)[0]}`) ?? refuse(404, 'not_found', 'There is nothing here');
    await reply(response, body);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch(() => response.destroy()); // the client left
  };
  const control = createServer(listener);
  const open = createServer(listener);
  await new Promise<void>((resolve) => control.listen(join(stateDir, 'control.sock'), resolve));
  await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve));
  const address = open.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const agent: FakeAgent = {
    stateDir,
    origin,
    heard,
    on: (route, reply) => {
      routes.set(route, typeof reply === 'function' ? reply : json(reply.status ?? 200, reply.json));
    },
    stop: async () => {
      for (const server of [control, open]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await rm(stateDir, { recursive: true, force: true });
    },
  };
  agent.on('GET /api/status', { json: { ...fakeStatus, endpoint: `${origin}/v1` } });
  agent.on('GET /api/models', { json: { models: [fakeModel] } });
  return agent;
}

export const fakeModel: ModelSummary = {
  id: 'b3iq-selftest',
  label: 'Self-test',
  self_test: true,
  context_tokens: 2048,
  size_bytes: 2_300_000,
  state: 'ready',
  capabilities: ['chat', 'completions'],
};

export const fakeStatus: StatusAnswer = {
  name: 'B3IQ-N7K4',
  node_id: `node_${'a'.repeat(52)}`,
  version: '0.1.0',
  kind: 'host',
  state: 'claimed',
  mode: 'local',
  owner: 'Anna',
  uptime_s: 12_345,
  endpoint: 'http://127.0.0.1:8831/v1',
  models: [fakeModel],
  active_requests: 1,
  queued_requests: 0,
  receipts_total: 1204,
  last_receipt_at: '2026-01-01T00:00:00Z',
  keys_active: 2,
  recent_speeds: [100, 142, 90],
  memory_used_bytes: 3_000_000_000,
  memory_total_bytes: 16_000_000_000,
  hardware: {
    passed: false,
    checks: [{ id: 'disk', ok: false, label: 'Disk', value: '1 GB free', advice: 'Free some space.' }],
  },
  notice: null,
  name_clash: false,
  counts_to: null,
  alerts_open: 2,
};

export const fakeKey: LocalKey = {
  id: 'key_0123456789abcdef',
  name: 'laptop',
  hint: 'b3iq_local_Ab3d…',
  scopes: ['inference'],
  models: null,
  requests_per_minute: 60,
  tokens_per_day: 2_000_000,
  concurrency: null,
  priority: 'normal',
  expires_at: null,
  created_at: '2026-01-01T00:00:00Z',
  last_used_at: null,
  revoked_at: null,
  tokens_today: 1234,
};
