/** Units that are given out as models are loaded: the unit's real program and a real llama-server behind each instance. */
import { lstat, mkdir, mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { type EngineInstance, FakeUnits, type UnitName } from '../../os/units.ts';
import { waitFor } from '../../os/wait-for.ts';
import { ask } from '../fixtures/ask.ts';
import { llamaServerCommand } from '../fixtures/llama-server.ts';
import { UnitStandIn } from '../fixtures/llama-server-unit.ts';
import { isAlive } from '../fixtures/test-engine.ts';
import { TINY_CONTEXT_TOKENS, tinyGguf } from '../fixtures/tiny-gguf.ts';
import type { SupervisedEngine } from '../supervised/engine.ts';
import { createLlamaServerOfStock } from './engine.ts';
import { UnitStock } from './stock.ts';

const CHAT = '/v1/chat/completions';
const HELLO = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 3 };

let folder: string;
let units: FakeUnits;
let systems: Map<EngineInstance, UnitStandIn>;
let engines: SupervisedEngine[];
const log = memoryLog();
const socketOf = (instance: EngineInstance) => join(folder, String(instance), 'engine.sock');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-stock-'));
  engines = [];
  const command = llamaServerCommand();
  systems = new Map(([1, 2] as const).map((each) => [each, new UnitStandIn(socketOf(each), command, each)]));
  units = new FakeUnits();
  units.onStart = async (name) => {
    const instance = Number(name.slice(-1));
    for (const [each, system] of systems) if (each === instance) await system.start(name);
  };
  await writeFile(join(folder, 'tiny.gguf'), tinyGguf());
});
afterEach(async () => {
  for (const engine of engines) await engine.stop();
  for (const [each, system] of systems) await system.start(`b3iq-stop-engine@${each}`);
  await rm(folder, { recursive: true, force: true });
});

const stockOf = (...instances: EngineInstance[]) => new UnitStock({ units, instances, log, socketOf });
function engineOf(stock: UnitStock, id: string): SupervisedEngine {
  const engine = createLlamaServerOfStock({
    stock,
    model: {
      id,
      label: id,
      selfTest: false,
      contextTokens: TINY_CONTEXT_TOKENS,
      sizeBytes: 0,
      capabilities: ['chat', 'completions'],
    },
    modelPath: join(folder, 'tiny.gguf'),
    socketPath: join(folder, 'links', `${id}.sock`),
    slots: 1,
    threads: 1,
    log,
    clock: systemClock,
  });
  engines.push(engine);
  return engine;
}
const link = (id: string) => readlink(join(folder, 'links', `${id}.sock`));
const answers = async (engine: SupervisedEngine) => (await ask(engine, CHAT, HELLO)).status;

test('each model that is loaded has an instance of its own, and gives it back to the next', async () => {
  const stock = stockOf(1, 2);
  const [a, b, c] = [engineOf(stock, 'a'), engineOf(stock, 'b'), engineOf(stock, 'c')];
  await Promise.all([a.start(), b.start()]);
  expect([await answers(a), await answers(b)]).toEqual([200, 200]);
  expect([await link('a'), await link('b')].sort()).toEqual([socketOf(1), socketOf(2)]);

  await c.start();
  expect(c.state()).toMatchObject({ name: 'failed', code: 'engine_unavailable' });
  await c.stop();

  const its = await link('a');
  await a.stop();
  await expect(lstat(join(folder, 'links', 'a.sock'))).rejects.toMatchObject({ code: 'ENOENT' });
  await c.start();
  expect(await link('c')).toBe(its);
  expect([await answers(b), await answers(c)]).toEqual([200, 200]);
});

test('a model that comes back after a crash keeps its instance', async () => {
  const stock = stockOf(1, 2);
  const a = engineOf(stock, 'a');
  await a.start();
  const { pid } = systems.get(1) ?? expect.fail('none');
  process.kill(-(pid ?? expect.fail('no process')), 'SIGKILL');
  const isNew = () => ![undefined, pid].includes(systems.get(1)?.pid);
  await waitFor(() => isNew() && a.state().name === 'ready', {
    timeoutMs: 20_000,
    what: 'it is ready again',
  });
  expect(await link('a')).toBe(socketOf(1));
  expect(await answers(a)).toBe(200);
});

test('what an agent before this one left loaded is ended, and nothing else is asked of the system', async () => {
  const before = engineOf(stockOf(1), 'a');
  await before.start();
  const { pid } = systems.get(1) ?? expect.fail('none');
  const asked = units.started.length;
  await stockOf(1, 2).clear();
  const after: readonly UnitName[] = units.started.slice(asked);
  expect(new Set(after)).toEqual(new Set(['b3iq-stop-engine@1'])); // by the former agent's engine as well
  expect(isAlive(pid ?? expect.fail('no process'))).toBe(false);
});

test('one that the system does not end is no reason not to start', async () => {
  await mkdir(dirname(socketOf(1)));
  await writeFile(socketOf(1), '');
  units.fails.add('b3iq-stop-engine@1');
  await stockOf(1).clear();
  expect(log.lines.join()).toContain('engine.not_cleared');
});
