/** The endpoint on a port in front of a real engine with the self-test model, for the official clients of others: what an app's
 *  author would see. Separate from `test-rig.ts`, whose engine is a fake. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { NewKeyRequest } from '@b3iq/wire/local-api';
import type { MakeTestEngine } from '../../engine/fixtures/test-engine.ts';
import { EngineRegistry } from '../../engine/registry/registry.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { keysSlice } from '../../keys/types.ts';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { fakeLedger } from '../../receipts/fake.ts';
import { testIdentity } from '../../receipts/test-call.ts';
import { memoryStore } from '../../store/fake.ts';
import { createEndpoint } from '../endpoint.ts';
import { guardServer, SERVER_OPTIONS } from '../server-options.ts';
import { DEFAULT_LIMITS } from '../types.ts';

export const MODEL = 'b3iq-selftest';
const FILE = fileURLToPath(new URL('../../../selftest/b3iq-selftest.gguf', import.meta.url));

export type ClientMachine = Awaited<ReturnType<typeof startClientMachine>>;

/** Ready to answer when it resolves; `remove` leaves nothing behind. */
export async function startClientMachine(makeEngine: MakeTestEngine) {
  const { engine, remove } = await makeEngine(FILE, {
    model: {
      id: MODEL,
      label: 'Self-test model',
      selfTest: true,
      contextTokens: 2_048,
      sizeBytes: 0,
      capabilities: ['chat', 'completions', 'embeddings', 'tools', 'json_schema', 'logprobs'],
    },
  });
  await engine.start();
  const keys = new KeyRing({ store: memoryStore([], keysSlice), clock: systemClock });
  const ledger = fakeLedger(testIdentity(), systemClock);
  const endpoint = createEndpoint({
    engines: new EngineRegistry([engine]),
    keys,
    ledger,
    clock: systemClock,
    log: memoryLog(),
    nodeState: () => 'claimed',
    hosts: () => new Set(['127.0.0.1']),
  });
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    if (!endpoint.handle(request, response)) response.writeHead(404).end();
  });
  guardServer(server, DEFAULT_LIMITS.maxBodyBytes);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return {
    origin: `http://127.0.0.1:${port}`,
    ledger,
    /** A fresh key's secret. */
    key: async (rest: Partial<NewKeyRequest> = {}) => (await keys.create({ name: 'App', ...rest })).secret,
    async remove() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await endpoint.close();
      await remove();
    },
  };
}
