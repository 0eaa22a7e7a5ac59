/** The owner's list of engines: kept over restarts, keys in files of their own, nothing used that the owner did not add. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { type MemoryStore, memoryStore } from '../../store/fake.ts';
import { startFakeEngine } from '../fake.ts';
import { EngineRegistry } from '../registry/registry.ts';
import { findOffers } from './offers.ts';
import { RemoteEngines } from './service.ts';
import { startOllamaStandIn } from './stand-ins/ollama.ts';
import type { StandIn } from './stand-ins/server.ts';
import { startVllmStandIn } from './stand-ins/vllm.ts';
import { type EnginesSlice, enginesSlice } from './types.ts';

const KEY = 'sk-planted-secret';
const closers: (() => Promise<unknown>)[] = [];
let dir: string;
let store: MemoryStore<EnginesSlice>;
let there: StandIn;
const log = memoryLog();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'b3iq-engines-'));
  store = memoryStore<EnginesSlice>([], enginesSlice);
  there = await startVllmStandIn({ models: ['m'], key: KEY });
  closers.push(there.stop, () => rm(dir, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The service as after a start, on the same settings and folder. */
async function open(candidates: Parameters<typeof findOffers>[0] = []) {
  const registry = new EngineRegistry();
  const engines = new RemoteEngines({
    store,
    keysDir: join(dir, 'engine-keys'),
    registry,
    isOwn: ({ port }) => port === '8831',
    findOffers: (used) => findOffers(candidates, used),
    log,
  });
  closers.push(() => engines.stop());
  await engines.start();
  return { engines, registry };
}
const request = (more: object = {}) => ({ name: 'box', url: `${there.origin}/v1`, api_key: KEY, ...more });

it('adds an engine, tells what was found, and has it again after a restart', async () => {
  const { engines, registry } = await open();
  expect(await engines.add(request())).toEqual({
    name: 'box',
    kind: 'openai',
    url: there.origin,
    has_key: true,
    state: 'ready',
    reason: null,
    models: ['box/m'],
    counts_prompts: true,
  });
  expect([...registry.models().keys()]).toEqual(['box/m']);
  await engines.stop();
  const again = await open();
  await waitFor(() => again.registry.models().has('box/m'), {
    timeoutMs: 10_000,
    what: 'the engine after a restart',
  });
});

it('keeps the key in a file for this user alone, and nowhere else', async () => {
  const { engines } = await open();
  const added = await engines.add(request());
  const path = join(dir, 'engine-keys', 'box');
  expect(await readFile(path, 'utf8')).toBe(KEY);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(dir, 'engine-keys'))).mode & 0o777).toBe(0o700);
  expect(JSON.stringify([added, await engines.list(), store.read(), log.lines])).not.toContain(KEY);
  await engines.remove('box');
  expect(await readdir(join(dir, 'engine-keys'))).toEqual([]);
});

it('removes an engine with its models, once', async () => {
  const { engines, registry } = await open();
  await engines.add(request());
  await engines.remove('box');
  expect(registry.all()).toEqual([]);
  expect(store.read()).toEqual([]);
  await expect(engines.remove('box')).rejects.toMatchObject({ code: 'engine_not_found' });
});

it('lists the machine’s own beside those of others', async () => {
  const { engines, registry } = await open();
  const own = await startFakeEngine();
  closers.push(own.stop);
  registry.add(own.engine);
  await engines.add(request());
  expect((await engines.list()).engines).toMatchObject([
    { name: 'b3iq-selftest', kind: 'own', url: null, models: ['b3iq-selftest'], counts_prompts: true },
    { name: 'box', kind: 'openai', models: ['box/m'] },
  ]);
});

it('keeps an engine that does not answer, and says why', async () => {
  const { engines } = await open();
  expect(await engines.add(request({ api_key: 'sk-wrong' }))).toMatchObject({
    state: 'failed',
    reason: 'It refuses the key, or wants one.',
    models: [],
    counts_prompts: false,
  });
});

it('asks nothing of an engine whose key is lost', async () => {
  const { engines } = await open();
  await engines.add(request());
  await engines.stop();
  await rm(join(dir, 'engine-keys', 'box'));
  const asked = there.asked.length;
  const again = await open();
  expect((await again.engines.list()).engines).toMatchObject([
    { state: 'failed', reason: 'Its key is lost. Remove it here and add it again.' },
  ]);
  expect(there.asked).toHaveLength(asked);
});

it.each([
  ['another of that name', { url: 'http://127.0.0.1:1' }, 'engine_name_taken'],
  ['the machine itself', { name: 'loop', url: 'http://127.0.0.1:8831' }, 'invalid_request'],
  ['an address that is none', { name: 'two', url: 'gpu' }, 'invalid_request'],
])('refuses %s and changes nothing', async (_title, more, code) => {
  const { engines } = await open();
  await engines.add(request());
  await expect(engines.add(request(more))).rejects.toMatchObject({ code });
  expect(store.read()).toHaveLength(1);
});

it.each([
  { name: '../etc' },
  { name: 'Box' },
  { name: '' },
  { name: 'a'.repeat(33) },
  { kind: 'magic' },
  { api_key: 'two\nlines' },
  { url: 7 },
  { more: 1 },
])('refuses %j before anything is done', async (more) => {
  const { engines } = await open();
  await expect(engines.add(request(more))).rejects.toMatchObject({ name: 'ZodError' });
  expect(store.read()).toEqual([]);
  expect(there.asked).toEqual([]);
});

it('of two requests with one name only the first is taken', async () => {
  const { engines } = await open();
  const [first, second] = await Promise.allSettled([engines.add(request()), engines.add(request())]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
});

it('leaves nothing behind when the key cannot be written', async () => {
  const { engines } = await open();
  await writeFile(join(dir, 'engine-keys'), 'a file where the folder should be');
  await expect(engines.add(request())).rejects.toMatchObject({ code: 'store_write_failed' });
  expect(store.read()).toEqual([]);
});

it('offers what runs on this computer, reads no more than its list, and uses it only when added', async () => {
  const ollama = await startOllamaStandIn({ models: ['llama3.2:3b'] });
  closers.push(ollama.stop);
  const page: RequestListener = (_request, response) => response.end('<html>');
  const other = createServer(page);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => other.close(resolve)));
  const { engines, registry } = await open([
    { kind: 'ollama', url: ollama.origin },
    { kind: 'openai', url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` }, // a TCP server's address is one
    { kind: 'openai', url: 'http://127.0.0.1:9' },
  ]);
  expect((await engines.list()).offered).toEqual([
    { kind: 'ollama', url: ollama.origin, models: ['llama3.2:3b'] },
  ]);
  expect(registry.all()).toEqual([]);
  expect(ollama.asked).toEqual(['/api/tags']);
  await engines.add({ name: 'ollama', kind: 'ollama', url: ollama.origin });
  expect([...registry.models().keys()]).toEqual(['ollama/llama3.2:3b']);
  expect((await engines.list()).offered).toEqual([]);
});
