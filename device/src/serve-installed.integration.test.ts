/** Installed models on an appliance with fewer engine units than models: the unit's real program, a real llama-server. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { CHAT, chatBody, rigStarter } from './endpoint/test-rig.ts';
import { llamaServerCommand } from './engine/fixtures/llama-server.ts';
import { UnitStandIn } from './engine/fixtures/llama-server-unit.ts';
import { tinyGguf } from './engine/fixtures/tiny-gguf.ts';
import { CardWatch } from './engine/gpu/watch.ts';
import type { InstalledEngines } from './engine/installed/service.ts';
import { UnitStock } from './engine/llama-server/stock.ts';
import { ModelKeeper } from './engine/on-demand/keeper.ts';
import { ModelLibrary } from './models/install/library.ts';
import { systemClock } from './os/clock.ts';
import { memoryLog } from './os/log.ts';
import { type EngineInstance, FakeUnits } from './os/units.ts';
import { waitFor } from './os/wait-for.ts';
import { serveInstalled } from './serve-installed.ts';

const start = rigStarter();
const GIB = 1024 ** 3;

test('three models, two units: each answers under its name, the one used least gives its unit to the next', async () => {
  const rig = await start({ engine: { model: { id: 'own' } } });
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-serve-'));
  const log = memoryLog();
  const socketOf = (instance: EngineInstance) => join(folder, String(instance), 'engine.sock');
  const systems = ([1, 2] as const).map((each) => ({
    each,
    system: new UnitStandIn(socketOf(each), llamaServerCommand(), each),
  }));
  const units = new FakeUnits();
  units.onStart = async (name) => {
    for (const { each, system } of systems) if (name.endsWith(`@${each}`)) await system.start(name);
  };
  const stock = new UnitStock({ units, instances: [1, 2], log, socketOf });
  const config = readConfig(
    { B3IQ_STATE_DIR: folder },
    { kind: 'appliance', engine: 'llama-server', runtime_dir: join(folder, 'runtime'), engine_threads: 1 },
  );
  const keeper = new ModelKeeper({
    budgetBytes: 8 * GIB,
    engines: stock.size,
    keepAliveMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    log,
  });
  let served: InstalledEngines | undefined;
  const library = await ModelLibrary.open({
    folder: join(folder, 'models'),
    clock: systemClock,
    log,
    isInUse: (path) => served?.isBusy(path) ?? false,
    letGo: async () => served?.follow(),
    onChange: () => void served?.follow(),
  });
  const memory = { bytes: 8 * GIB, of: 'machine' } as const;
  const watch = new CardWatch({ kernel: async () => [], tool: async () => [] }, log);
  const own = { keeper, memory, stock, cards: [], watch };
  served = await serveInstalled(config, own, { library, registry: rig.engines }, log);
  const all = served;
  rig.after(async () => {
    await all.stop();
    await library.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [seed, id] of ['a', 'b', 'c'].entries()) {
    const path = join(folder, `${id}.gguf`);
    await writeFile(path, tinyGguf({ seed: seed + 1 }));
    await library.install({ source: { kind: 'file', path } });
  }
  await waitFor(() => library.models().length === 3, { timeoutMs: 20_000, what: 'all are installed' });
  await all.follow();
  const states = () =>
    library.models().map(({ sha256 }) => {
      const found = all.of(sha256);
      return found?.kind === 'served' ? found.state.name : found?.why;
    });
  expect(states()).toEqual(['idle', 'idle', 'idle']);
  const key = await rig.key();
  const ask = async (model: string) =>
    (await rig.post(CHAT, key, chatBody({ model, max_tokens: 3 }))).json.model ?? 'no answer';
  for (const id of ['a', 'b', 'a', 'c']) expect(await ask(id)).toBe(id);
  expect(states()).toEqual(['ready', 'idle', 'ready']);
  expect(await readdir(join(folder, 'runtime', 'run'))).toHaveLength(2);
  expect(await Promise.all(['a', 'b', 'c'].map(ask))).toEqual(['a', 'b', 'c']);

  await all.stop();
  expect(systems.map(({ system }) => system.pid)).toEqual([undefined, undefined]);
  expect(await readdir(join(folder, 'runtime', 'run'))).toEqual([]);
});
