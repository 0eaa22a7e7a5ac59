/** What the composition root gives engines of the machine's graphics cards. Nothing is started. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { tinyGguf } from './engine/fixtures/tiny-gguf.ts';
import { CardEngine } from './engine/gpu/engine.ts';
import { fakeGpu, fakeGpus, silentGpu } from './health/gpu/fake.ts';
import { memoryLog } from './os/log.ts';
import { FakeUnits } from './os/units.ts';
import { makeEngines } from './own-engines.ts';

const CARDS = [fakeGpu({ id: '0000:03:00.0' }), fakeGpu({ id: '0000:07:00.0' })];
const GIB = 1024 ** 3;
let state: string;
let model_file: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'b3iq-own-engines-'));
  model_file = join(state, 'mine.gguf');
  await writeFile(model_file, tinyGguf());
});
afterAll(() => rm(state, { recursive: true, force: true }));

/** Each engine's id with the addresses of its cards, and those for installed models; `none`: the processor, or it looks for itself. */
async function made(
  settings: Readonly<Record<string, unknown>>,
  gpus: Parameters<typeof fakeGpus>[0] = CARDS,
) {
  const config = readConfig({ B3IQ_STATE_DIR: state }, settings);
  const cards = { kernel: fakeGpus(gpus).read, tool: async () => undefined };
  const own = await makeEngines(config, { units: new FakeUnits(), cards }, memoryLog());
  const names = (list: readonly { readonly id: string }[] = []) =>
    list.map(({ id }) => id).join('+') || 'none';
  return {
    engines: own.engines.map((engine) => [
      engine.id,
      names(engine instanceof CardEngine ? engine.cards : []),
    ]),
    installed: names(own.cards),
    memory: own.memory,
  };
}

test('two copies of the owner’s model on two cards have one each, and a third none of either', async () => {
  const { engines, installed, memory } = await made({
    engine: 'llama-server',
    model_file,
    engine_copies: 3,
  });
  expect(engines).toEqual([
    ['mine', '0000:03:00.0'],
    ['mine#2', '0000:07:00.0'],
    ['mine#3', 'none'],
  ]);
  expect({ installed, of: memory.of }).toEqual({ installed: 'none', of: 'machine' });
});

test('cards that the owner’s model leaves are for installed models; the self-test leaves all of them', async () => {
  const { engines, installed, memory } = await made({ engine: 'llama-server', model_file });
  expect(engines).toEqual([['mine', '0000:03:00.0']]);
  expect({ installed, memory }).toEqual({
    installed: '0000:07:00.0',
    memory: { of: 'graphics', bytes: 32 * GIB },
  });
  const alone = await made({ engine: 'llama-server' });
  expect(alone.engines).toEqual([['b3iq-selftest', 'none']]);
  expect(alone).toMatchObject({
    installed: '0000:03:00.0+0000:07:00.0',
    memory: { of: 'graphics', bytes: 64 * GIB },
  });
});

test('without a card that is known nothing is said, and an engine looks for itself', async () => {
  for (const gpus of [[], 'unreadable', [silentGpu]] as const)
    expect(await made({ engine: 'llama-server', model_file }, gpus)).toMatchObject({
      engines: [['mine', 'none']],
      installed: 'none',
      memory: { of: 'machine' },
    });
});

test('a Host’s embedded engine has cards only when told so, a unit unless told otherwise', async () => {
  expect(await made({ model_file })).toMatchObject({ engines: [['mine', 'none']], installed: 'none' });
  expect(await made({ model_file, engine_gpus: 'auto' })).toMatchObject({
    engines: [['mine', '0000:03:00.0']],
    installed: '0000:07:00.0',
  });
  expect(await made({ engine: 'llama-server', model_file, engine_gpus: 'none' })).toMatchObject({
    engines: [['mine', 'none']],
    installed: 'none',
  });
});
