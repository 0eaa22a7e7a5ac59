/** `/api` of the preview: answers as the agent does, from a fake machine. Separate from the server that carries it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { originsRequest, SETUP_STEPS, type SetupStep } from '@b3iq/wire/local-api';
import { AIR_ROUTES } from './fake-air.ts';
import { APPLIANCE_ROUTES } from './fake-appliance.ts';
import { BENCHMARK_ROUTES } from './fake-benchmark.ts';
import { HEALTH_ROUTES } from './fake-health.ts';
import { INSIGHT_ROUTES, SUPPORT_ROUTES } from './fake-insight.ts';
import type { FakeMachine } from './fake-machine.ts';
import { MODEL_ROUTES } from './fake-models.ts';
import { askPassword, type Body, PASSWORD, type Route, refuse, sendJson } from './fake-route.ts';

/** Answers one call in place of the routes below; a picture of an error sets one. */
export type Override = (response: ServerResponse) => void | Promise<void>;

const TOKEN = 'preview-token-0001';
const LABEL = '7K4MQ2XD';
const CODE = 'H7QX-2MDK-93TN-WV5R-0C8J-6YPA';

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/setup/state': (machine, _body, response) => sendJson(response, 200, machine.setup),
  'POST /api/setup/claim': (machine, body, response) => {
    if (machine.setup.state !== 'unclaimed')
      return refuse(
        response,
        409,
        'already_claimed',
        'This machine already has an owner',
        'Sign in as the owner.',
      );
    if (body.secret !== TOKEN && body.secret !== LABEL) {
      machine.setup = { ...machine.setup, tries_left: machine.setup.tries_left - 1 };
      if (machine.setup.tries_left <= 0)
        machine.setup = { ...machine.setup, tries_left: 0, locked_for_s: 900 };
      return refuse(response, 403, 'claim_secret_wrong', 'That setup code is not right', 'Check the label.');
    }
    machine.claimed(machine.setup.network_step ? 'network' : 'first-answer');
    return sendJson(response, 201, { owner: { name: 'Mira' }, recovery_code: CODE });
  },
  'POST /api/setup/progress': (machine, body, response) => {
    const step = SETUP_STEPS.find((each): each is SetupStep => each === body.step);
    if (step !== undefined) machine.setup = { ...machine.setup, step };
    sendJson(response, 200, machine.setup);
  },
  ...AIR_ROUTES,
  ...APPLIANCE_ROUTES,
  ...INSIGHT_ROUTES,
  ...SUPPORT_ROUTES,
  ...BENCHMARK_ROUTES,
  ...MODEL_ROUTES,
  ...HEALTH_ROUTES,
  'POST /api/session': (machine, body, response) => {
    if (body.password !== PASSWORD)
      return refuse(response, 401, 'sign_in_refused', 'Name or password is not right', 'Try again.');
    machine.setup = { ...machine.setup, signed_in: true };
    return sendJson(response, 200, { owner: { name: 'Mira' } });
  },
  'DELETE /api/session': (machine, _body, response) => {
    machine.setup = { ...machine.setup, signed_in: false };
    sendJson(response, 204, undefined);
  },
  'POST /api/session/recover': (machine, body, response) => {
    if (String(body.recovery_code).toUpperCase() !== CODE)
      return refuse(
        response,
        403,
        'recovery_code_wrong',
        'That recovery code is not right',
        'Check the code.',
      );
    machine.setup = { ...machine.setup, signed_in: true };
    return sendJson(response, 200, {
      owner: { name: 'Mira' },
      recovery_code: 'NEW0-2MDK-93TN-WV5R-0C8J-6YPA',
    });
  },
  'POST /api/owner/recovery-code': (_machine, body, response) => {
    if (askPassword(body, response))
      sendJson(response, 200, { owner: { name: 'Mira' }, recovery_code: 'NEW0-2MDK-93TN-WV5R-0C8J-6YPA' });
  },
  'POST /api/owner/password': (_machine, body, response) => {
    if (askPassword(body, response)) sendJson(response, 204, undefined);
  },
  'GET /api/status': (machine, _body, response) => sendJson(response, 200, machine.status()),
  'GET /api/models': (machine, _body, response) =>
    sendJson(response, 200, { models: machine.status().models }),
  'GET /api/keys': (machine, _body, response) => sendJson(response, 200, { keys: machine.keys }),
  'POST /api/keys': (machine, body, response) =>
    // The preview believes its own page; the agent parses.
    sendJson(response, 201, machine.addKey(String(body.name), body as object)),
  'PATCH /api/keys/': (machine, body, response, id) => {
    machine.keys = machine.keys.map((key) => (key.id === id ? { ...key, ...body } : key));
    sendJson(
      response,
      200,
      machine.keys.find((key) => key.id === id),
    );
  },
  'DELETE /api/keys/': (machine, _body, response, id) => {
    machine.keys = machine.keys.map((key) =>
      key.id === id ? { ...key, revoked_at: new Date().toISOString() } : key,
    );
    sendJson(
      response,
      200,
      machine.keys.find((key) => key.id === id),
    );
  },
  'GET /api/origins': (machine, _body, response) => sendJson(response, 200, { origins: machine.origins }),
  'PUT /api/origins': (machine, body, response) => {
    const parsed = originsRequest.safeParse(body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const detail = `\`${issue?.path.join('.')}\`: ${issue?.message}.`;
      return refuse(response, 400, 'invalid_request', 'The request is not right', detail);
    }
    machine.origins = parsed.data.origins;
    return sendJson(response, 200, { origins: machine.origins });
  },
  'GET /api/receipts': (machine, _body, response) => {
    const rows = machine.ledger.rows();
    sendJson(response, 200, {
      receipts: rows.slice(0, 50),
      total: rows.length,
      next_before: null,
      damaged: machine.isLedgerDamaged,
    });
  },
  'POST /api/receipts/set-aside': (machine, _body, response) => {
    machine.isLedgerDamaged = false;
    sendJson(response, 200, { kept_as: 'ledger.sqlite.damaged' });
  },
  'GET /api/receipts/': (machine, _body, response, id) => {
    const proof = machine.ledger.proof(id);
    if (proof === undefined)
      return refuse(
        response,
        404,
        'receipt_not_found',
        'No receipt with that id',
        'List the receipts first.',
      );
    return sendJson(response, 200, proof);
  },
  'POST /api/receipts/verify': async (machine, _body, response) => {
    await pause(400);
    const count = machine.ledger.rows().length;
    sendJson(response, 200, {
      ok: true,
      receipts: count,
      batches: Math.ceil(count / 4),
      head: null,
      first_break: null,
    });
  },
  'GET /api/events': (machine, _body, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const tell = (): void => {
      response.write(`event: status\ndata: ${JSON.stringify(machine.status())}\n\n`);
    };
    tell();
    // Looked at often, so that a machine that goes off drops its streams as a real one does.
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
      if (machine.isOff) response.destroy();
      else if (ticks % 10 === 0) tell();
    }, 300);
    response.on('close', () => clearInterval(timer));
  },
  'POST /api/playground/chat': (machine, body, response) => streamAnswer(machine, body, response),
};

/** Answers a call of `/api`. @param overrides  keyed like the routes, `METHOD /path` */
export async function answerApi(
  machine: FakeMachine,
  overrides: ReadonlyMap<string, Override>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://preview');
  const key = `${request.method} ${path}`;
  const override = overrides.get(key);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set, so chunks are buffers
  if (override !== undefined) {
    await override(response);
    return;
  }
  const parent = key.slice(0, key.lastIndexOf('/') + 1);
  const route = ROUTES[key] ?? ROUTES[parent];
  if (route === undefined) refuse(response, 404, 'not_found', 'There is nothing here', 'Check the address.');
  else if (isPrivate(path) && !machine.setup.signed_in)
    refuse(response, 401, 'unauthorized', 'Not signed in', 'Sign in as the owner.');
  else {
    const text = Buffer.concat(chunks).toString();
    const body: Body = text === '' ? {} : JSON.parse(text);
    await route(machine, body, response, path.slice(path.lastIndexOf('/') + 1), searchParams);
  }
}

function isPrivate(path: string): boolean {
  return !['/api/setup/state', '/api/setup/claim', '/api/session', '/api/session/recover'].includes(path);
}

const ANSWER =
  'No. In local mode your prompts and answers stay on this machine. Nothing is sent to a cloud. A receipt keeps counts and times, never the text.';

async function streamAnswer(machine: FakeMachine, body: Body, response: ServerResponse): Promise<void> {
  const row = machine.ledger.add({ prompt_tokens: 14, completion_tokens: 31 });
  const pieces = ANSWER.split(/(?<= )/);
  const send = (chunk: object): void => {
    response.write(
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: body.model, ...chunk })}\n\n`,
    );
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'b3iq-receipt': row.id });
  send({ choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }] });
  await pause(180);
  for (const content of pieces) {
    if (response.destroyed) return;
    send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    await pause(machine.pieceMs);
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage: { prompt_tokens: 14, completion_tokens: 31, total_tokens: 45 } });
  response.end('data: [DONE]\n\n');
}
