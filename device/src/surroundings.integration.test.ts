/** What the composition root gives engines of the machine's graphics cards. Nothing is started. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { CardEngine } from './engine/gpu/engine.ts';
import { fakeGpu, fakeGpus, silentGpu } from './health/gpu/fake.ts';
import { memoryLog } from './os/log.ts';
import { FakeUnits } from './os/units.ts';
import { makeEngines } from './surroundings.ts';

const CARDS = [fakeGpu({ id: '0000:03:00.0' }), fakeGpu({ id: '0000:07:00.0' })];
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'b3iq-surroundings-'));
});
afterAll(() => rm(state, { recursive: true, force: true }));

/** Each engine's id with the addresses of its cards; `any`: it looks for itself. */
async function made(
  settings: Readonly<Record<string, unknown>>,
  gpus: Parameters<typeof fakeGpus>[0] = CARDS,
) {
  const config = readConfig({ B3IQ_STATE_DIR: state }, settings);
  const log = memoryLog();
  const { engines } = await makeEngines(
    config,
    {
      units: new FakeUnits(),
      radio: undefined,
      cards: { kernel: fakeGpus(gpus).read, tool: async () => undefined },
    },
    log,
  );
  return engines.map((engine) => [
    engine.id,
    engine instanceof CardEngine ? engine.cards.map(({ id }) => id).join('+') : 'any',
  ]);
}

test('two copies on two cards have one each, and a third none of either', async () => {
  expect(await made({ engine: 'llama-server', engine_copies: 3 })).toEqual([
    ['b3iq-selftest', '0000:03:00.0'],
    ['b3iq-selftest#2', '0000:07:00.0'],
    ['b3iq-selftest#3', 'any'],
  ]);
});

test('without a card that is known nothing is said, and an engine looks for itself', async () => {
  for (const gpus of [[], 'unreadable', [silentGpu]] as const)
    expect(await made({ engine: 'llama-server' }, gpus)).toEqual([['b3iq-selftest', 'any']]);
});

test('a Host’s embedded engine has cards only when told so, a unit unless told otherwise', async () => {
  expect(await made({})).toEqual([['b3iq-selftest', 'any']]);
  expect(await made({ engine_gpus: 'auto' })).toEqual([['b3iq-selftest', '0000:03:00.0']]);
  expect(await made({ engine: 'llama-server', engine_gpus: 'none' })).toEqual([['b3iq-selftest', 'any']]);
});
