/** The agent's own endpoint with everything on: key, limits, reservation, metering, and a receipt on a real disk. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createEndpoint } from '@b3iq/device/src/endpoint/endpoint.ts';
import { guardServer, SERVER_OPTIONS } from '@b3iq/device/src/endpoint/server-options.ts';
import { DEFAULT_LIMITS } from '@b3iq/device/src/endpoint/types.ts';
import { createLlamaServerChild } from '@b3iq/device/src/engine/llama-server/engine.ts';
import type { Engine } from '@b3iq/device/src/engine/port.ts';
import { EngineRegistry } from '@b3iq/device/src/engine/registry/registry.ts';
import { startOfUtcDay } from '@b3iq/device/src/keys/budget.ts';
import { dailyBudgets } from '@b3iq/device/src/keys/daily-budgets.ts';
import { KeyRing } from '@b3iq/device/src/keys/key-ring.ts';
import { type KeysSlice, keysSlice } from '@b3iq/device/src/keys/types.ts';
import { installedModel } from '@b3iq/device/src/models/installed.ts';
import { systemClock as clock } from '@b3iq/device/src/os/clock.ts';
import { jsonLog } from '@b3iq/device/src/os/log.ts';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import { openSqliteLedger } from '@b3iq/device/src/receipts/sqlite-ledger.ts';
import { memoryStore } from '@b3iq/device/src/store/fake.ts';
import { identityOf } from '../harness/identity.ts';
import { listening, taskOf } from '../harness/messages.ts';

export interface GovernedTask {
  /** Where the engine is: an origin, or the path of a llama-server to start with the self-test model. */
  readonly engine: { readonly origin: string } | { readonly llamaServer: string; readonly slots: number };
  /** Where the ledger lies, between restarts too. */
  readonly folder: string;
  /** PKCS #8, base64. */
  readonly privateKey: string;
  readonly keys: KeysSlice;
  readonly slots: number;
  readonly queueLength: number;
}

const task = await taskOf<GovernedTask>();
const log = jsonLog('error', (line) => process.stderr.write(line));
const identity = identityOf(task.privateKey);
const ledger = await openSqliteLedger({ path: join(task.folder, 'ledger.sqlite'), identity, clock, log });
const ring = new KeyRing({ store: memoryStore(task.keys, keysSlice), clock });
const keys = dailyBudgets(ring, () => ledger.usageSince(startOfUtcDay(clock.now())));
await keys.restore();

const engine = 'origin' in task.engine ? fixedEngine(task.engine.origin) : await llamaServer(task.engine);
const endpoint = createEndpoint({
  engines: new EngineRegistry([engine]),
  keys,
  ledger,
  clock,
  log,
  hosts: () => new Set(['127.0.0.1']),
  nodeState: () => 'claimed',
  limits: { queueLength: task.queueLength, queueWaitMs: 600_000 },
});
/** In order: calls under way, their receipts, the engine. */
process.once('SIGTERM', async () => {
  await waitFor(() => endpoint.stats().active + endpoint.stats().queued === 0, {
    timeoutMs: 10_000,
    what: 'the end of all calls',
  }).catch(() => undefined);
  await endpoint.close();
  await ledger.close();
  await engine.stop();
  process.exit(0);
});
const server = createServer(SERVER_OPTIONS, (request, response) => void endpoint.handle(request, response));
guardServer(server, DEFAULT_LIMITS.maxBodyBytes);
server.listen(
  { port: 0, host: '127.0.0.1', backlog: 4_096 },
  () => listening((server.address() as AddressInfo).port), // TCP, so an address
);

function fixedEngine(origin: string): Engine {
  return {
    id: 'measured',
    model: {
      id: 'bench',
      label: 'Bench',
      selfTest: false,
      contextTokens: 8_192,
      sizeBytes: 0,
      capabilities: ['chat'],
    },
    address: { kind: 'origin', origin },
    slots: task.slots,
    state: () => ({ name: 'ready' }),
    onChange: () => () => undefined,
    countPrompt: async () => 12, // what counting costs belongs to the engine, not to the endpoint
    start: async () => undefined,
    stop: async () => undefined,
  };
}

async function llamaServer(given: { readonly llamaServer: string; readonly slots: number }): Promise<Engine> {
  const { model, path, sha256 } = await installedModel(undefined);
  const started = createLlamaServerChild({
    model,
    modelPath: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    socketPath: join(task.folder, 'engine', 'engine.sock'),
    slots: given.slots,
    threads: Math.max(1, availableParallelism() - 1),
    command: given.llamaServer,
    nodePath: process.execPath,
    log,
    clock,
  });
  await started.start();
  const { name, reason } = started.state();
  if (name !== 'ready') throw new Error(`the engine is ${name}: ${reason}`);
  return started;
}
