/**
 * A whole machine around the real control app for tests: real HTTP on port 0 and on a unix socket, fakes behind.
 * Separate so that each suite of the doors starts from the same machine.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelSummary, StatusAnswer } from '@b3iq/wire/local-api';
import express from 'express';
import { fakeBenchmarks } from '../benchmark/fake.ts';
import { ClaimService } from '../claim/service.ts';
import { CodedError } from '../errors.ts';
import { fakeHealth } from '../health/fake.ts';
import { judgeHardware } from '../health/judge.ts';
import { readStatus } from '../health/status.ts';
import { fakeModels } from '../models/fake.ts';
import { fakeRadio } from '../network/fake.ts';
import { FakeTime } from '../network/fakes/fake-time.ts';
import { NetworkService } from '../network/service.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { memoryStore } from '../store/fake.ts';
import { type Settings, settingsFormat } from '../store/settings.ts';
import { slice } from '../store/slice.ts';
import type { Grants } from '../support/port.ts';
import { type AppDeps, buildApp, nodeState } from './app.ts';
import { knownHosts } from './hosts.ts';

/** The page of the wizard's first step in the test build. */
export const SETUP_PAGE =
  '<!doctype html><style>p{color:red}</style><p>Setup</p><script type="module">console.log("setup")</script>';
/** Next to nothing: the doors do not depend on it, and the real cost is tried where passwords are hashed. */
const passwordCost = { memoryKib: 64, passes: 1, parallelism: 1 };
const noGrants: Grants = {
  async close() {},
  authenticate() {
    throw new CodedError('unauthorized');
  },
  list: () => [],
  async create() {
    throw new CodedError('identity_unavailable');
  },
  async revoke(id) {
    const at = '2026-01-01T00:00:00.000Z';
    return {
      id,
      name: 'x',
      hint: 'x',
      state: 'revoked',
      created_at: at,
      expires_at: at,
      revoked_at: at,
      last_used_at: null,
    };
  },
};
const model: ModelSummary = {
  id: 'b3iq-selftest',
  label: 'Self-test',
  self_test: true,
  context_tokens: 2048,
  size_bytes: 2_200_000,
  state: 'ready',
  capabilities: ['chat'],
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, `undefined` when it is none. */
  readonly json: unknown;
}
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as it is; an object as JSON with its content type. */
  readonly body?: unknown;
  /** Through the unix socket, as the command line does. */
  readonly operator?: boolean;
}

/** What a test may set otherwise. */
export interface MachineOptions extends Partial<AppDeps> {
  readonly wifi?: boolean;
  readonly settings?: Settings;
}

/** A running machine; `close` leaves nothing behind. */
export async function startMachine(options: MachineOptions = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-http-'));
  const pagesDir = join(dir, 'dist');
  await writePages(dir, pagesDir);
  const clock = new FakeClock();
  const log = memoryLog();
  const store = memoryStore(options.settings ?? settingsFormat.initial, settingsFormat.schema);
  const { kind = 'host' } = options;
  const claim = await ClaimService.start({ store: slice(store, 'claim'), clock, log, kind, passwordCost });
  const radio = options.wifi === true ? fakeRadio() : undefined;
  const networkTime = new FakeTime(5_000);
  const network = new NetworkService({
    radio,
    hotspot: { ssid: 'B3IQ-N7K4', password: 'a label password' },
    store: slice(store, 'network'),
    clock: networkTime,
    sleep: networkTime.sleep,
    log,
    owner: () => ({ isClaimed: claim.isClaimed(), isSettled: claim.step(true) === 'done' }),
  });
  network.start();
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  const operators = new WeakSet<object>();
  const hardware = async () =>
    judgeHardware(
      { processor: { model: 'Test', cores: 2 }, memoryBytes: 2 ** 34, diskFreeBytes: 10 ** 11, graphics: [] },
      { name: 'ready' },
      clock.now(),
    );
  const identityFault = options.identityFault ?? (() => undefined);
  const facts = { name: 'B3IQ-N7K4', nodeId: 'node_test', kind: 'host', version: '0.1.0', hardware } as const;
  const models = () => [model];
  const status = (): Promise<StatusAnswer> =>
    readStatus({
      ...facts,
      endpoint: 'http://127.0.0.1:8831/v1',
      state: () => nodeState({ identityFault, claim }),
      owner: () => claim.ownerName(),
      uptimeS: () => clock.monotonicMs() / 1000,
      models,
      requests: () => ({ active: 0, queued: 0 }),
      receipts: async () => ({ count: 3, lastAtMs: clock.now() }),
      keysActive: () => 0,
      recentSpeeds: () => [],
      memory: () => ({ usedBytes: 1, totalBytes: 2 }),
      notice: () => null,
      nameClash: () => false,
      countsTo: undefined,
      openAlerts: () => 0,
    });
  const keys = express.Router();
  keys.get('/', (_request, response) => void response.json({ keys: [] }));
  keys.post('/', (request, response) => void response.status(201).json({ got: request.body }));
  keys.delete('/:id', (request, response) => void response.json({ id: request.params.id }));
  const receipts = express.Router();
  receipts.get('/', (_request, response) => void response.json({ receipts: [] }));
  receipts.post('/verify', (_request, response) => void response.json({ ok: true }));
  receipts.post('/set-aside', (_request, response) => void response.json({ kept_as: 'ledger.damaged' }));
  receipts.get('/:id', (request, response) => void response.json({ id: request.params.id }));
  keys.patch(
    '/:id',
    (_request, response) => void response.json({ reached: 'a route nobody put into the table' }),
  );
  const deps: AppDeps = {
    ...facts,
    claim,
    network,
    models,
    status,
    library: fakeModels(),
    health: fakeHealth(clock),
    // As the other features here it has whatever is asked for.
    benchmarks: {
      ...fakeBenchmarks(),
      document: async () => ({ payload: '', payloadType: '', signatures: [] }),
    },
    origins: slice(store, 'origins'),
    engines: {
      list: async () => ({ engines: [], offered: [] }),
      add: async () => {
        throw new CodedError('engine_name_taken');
      },
      remove: async () => {},
    },
    localKeys: {
      authenticate() {
        throw new CodedError('unauthorized');
      },
    },
    identityFault,
    notice: () => null,
    onStatusChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pageUrl: (path) => `http://127.0.0.1:8831${path}`,
    keyRoutes: keys,
    receiptRoutes: receipts,
    usage: { ledger: { usageByDay: async () => [] }, keys: () => [], clock },
    support: { makeBundle: async () => new Uint8Array([1, 2, 3]), grants: noGrants, clock },
    grants: noGrants,
    playground: (request, response) => request.pipe(response),
    pagesDir,
    hosts: () => knownHosts({ shortName: facts.name, names: ['box.example'], addresses: ['192.168.7.9'] }),
    isOperator: (request) => operators.has(request.socket),
    stopping: stopping.signal,
    log,
    ...options,
  };
  const app = buildApp(deps);
  const server = createServer(app);
  const control = createServer(app);
  control.on('connection', (socket) => void operators.add(socket));
  const socketPath = join(dir, 'control.sock');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => control.listen(socketPath, resolve));
  const { port } = server.address() as AddressInfo; // a listening TCP server has no other kind

  /** One raw request: the path goes out as it is, nothing is added that is not said. */
  function ask(
    path: string,
    { method = 'GET', headers = {}, body, operator = false }: Ask = {},
  ): Promise<Answer> {
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const bytes = raw ? body : JSON.stringify(body);
    const type = raw ? {} : { 'content-type': 'application/json' };
    const to: RequestOptions = operator ? { socketPath } : { host: '127.0.0.1', port };
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        { ...to, path, method, headers: { ...type, ...headers }, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  return {
    ask,
    clock,
    log,
    store,
    claim,
    deps,
    port,
    pagesDir,
    stop: () => stopping.abort(),
    changed: () => listeners.forEach((listener) => void listener()),
    listeners: () => listeners.size,
    /** Claims the machine; gives the owner's cookie and recovery code. */
    async claimNow(): Promise<{ readonly cookie: string; readonly recoveryCode: string }> {
      const { token } = await claim.mintToken();
      const owner = { name: 'Ada', password: 'correct horse battery' };
      const { cookie, recoveryCode } = await claim.claim({ secret: token, owner });
      return { cookie: `b3iq_session=${cookie}`, recoveryCode };
    },
    async close(): Promise<void> {
      stopping.abort();
      for (const each of [server, control]) {
        each.closeAllConnections();
        await new Promise((resolve) => each.close(resolve));
      }
      await network.close();
      await claim.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
export type Machine = Awaited<ReturnType<typeof startMachine>>;

async function writePages(dir: string, pagesDir: string): Promise<void> {
  await mkdir(join(pagesDir, 'setup', 'claim'), { recursive: true });
  await mkdir(join(pagesDir, '_astro'));
  await writeFile(join(dir, 'outside.txt'), 'marker-outside');
  await writeFile(join(pagesDir, 'index.html'), '<!doctype html><p>Dashboard</p>');
  await writeFile(join(pagesDir, '404.html'), '<!doctype html><p>Nothing here</p>');
  await writeFile(join(pagesDir, 'setup', 'index.html'), SETUP_PAGE);
  await writeFile(join(pagesDir, 'setup', 'claim', 'index.html'), '<!doctype html><p>Claim</p>');
  await writeFile(join(pagesDir, '_astro', 'x.1a2b.js'), 'export {};');
  await writeFile(join(pagesDir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(pagesDir, '.env'), 'marker-dotfile');
  await symlink(join(dir, 'outside.txt'), join(pagesDir, 'link.txt'));
  await symlink(dir, join(pagesDir, 'up'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
