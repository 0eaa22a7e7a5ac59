/** The agent's own endpoint with everything on: key, limits, reservation, metering, and a receipt on a real disk. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEndpoint } from '@b3iq/device/src/endpoint/endpoint.ts';
import { SERVER_OPTIONS } from '@b3iq/device/src/endpoint/server-options.ts';
import type { Engine } from '@b3iq/device/src/engine/port.ts';
import { EngineRegistry } from '@b3iq/device/src/engine/registry/registry.ts';
import { KeyRing } from '@b3iq/device/src/keys/key-ring.ts';
import { keysSlice } from '@b3iq/device/src/keys/types.ts';
import { systemClock } from '@b3iq/device/src/os/clock.ts';
import { jsonLog } from '@b3iq/device/src/os/log.ts';
import { openSqliteLedger } from '@b3iq/device/src/receipts/sqlite-ledger.ts';
import { memoryStore } from '@b3iq/device/src/store/fake.ts';
import { nodeIdOf } from '@b3iq/wire';
import { rawPublicKey } from '@b3iq/wire/sign-node';
import { report } from './messages.ts';

const clock = systemClock;
const log = jsonLog('error', (line) => process.stderr.write(line));
const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = rawPublicKey(privateKey);
const folder = mkdtempSync(join(tmpdir(), 'b3iq-bench-'));
process.once('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
const ledger = await openSqliteLedger({
  path: join(folder, 'ledger.sqlite'),
  identity: { nodeId: nodeIdOf(publicKey), keyEpoch: 0, privateKey, publicKey },
  clock,
  log,
});
const keys = new KeyRing({ store: memoryStore([], keysSlice), clock });
const { secret } = await keys.create({
  name: 'bench',
  requests_per_minute: 1_000_000,
  tokens_per_day: 10_000_000_000,
  concurrency: 1_000,
});
const engine: Engine = {
  id: 'measured',
  model: {
    id: 'bench',
    label: 'Bench',
    selfTest: false,
    contextTokens: 8_192,
    sizeBytes: 0,
    capabilities: ['chat'],
  },
  address: { kind: 'origin', origin: process.argv[2] ?? '' },
  slots: 64,
  canCount: true,
  state: () => ({ name: 'ready' }),
  onChange: () => () => undefined,
  countPrompt: async () => 12, // what counting costs belongs to the engine, not to the endpoint
  start: async () => undefined,
  stop: async () => undefined,
};
const endpoint = createEndpoint({
  engines: new EngineRegistry([engine]),
  keys,
  ledger,
  clock,
  log,
  hosts: () => new Set(['127.0.0.1']),
  nodeState: () => 'claimed',
});
const server = createServer(SERVER_OPTIONS, (request, response) => void endpoint.handle(request, response));
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port, secret })); // TCP, so an address
