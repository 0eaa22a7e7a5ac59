/** Installed models behind a whole endpoint: the real library, and the real embedded engine where it is about answers. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHAT, chatBody, rigStarter } from '../../endpoint/test-rig.ts';
import { CodedError } from '../../errors.ts';
import { ModelLibrary } from '../../models/install/library.ts';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { ownFile } from '../../os/own-files.ts';
import { waitFor } from '../../os/wait-for.ts';
import { createEmbeddedEngine } from '../embedded/engine.ts';
import { startFakeEngine } from '../fake.ts';
import { type TinyModel, tinyGguf } from '../fixtures/tiny-gguf.ts';
import { ModelKeeper } from '../on-demand/keeper.ts';
import { InstalledEngines, type InstalledEnginesOptions } from './service.ts';

const start = rigStarter();
const GIB = 1024 ** 3;
/** Room for one of the models here with its context, not for two. */
const ROOM_FOR_ONE = 400_000_000;
const QUESTION = { messages: [{ role: 'user', content: 'Does my data leave my machine?' }], temperature: 0 };

/** A machine that serves what is installed; `create` in place of the embedded engine. */
async function machine(memoryBytes = 8 * GIB, create?: InstalledEnginesOptions['create']) {
  const rig = await start({ engine: { model: { id: 'own' } } });
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-installed-'));
  const log = memoryLog();
  const keeper = new ModelKeeper({
    budgetBytes: memoryBytes,
    keepAliveMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
    log,
  });
  let made = 0;
  const embedded: InstalledEnginesOptions['create'] = ({ path, sha256 }, model, slots) => {
    made += 1;
    return createEmbeddedEngine({
      model,
      modelPath: path,
      sha256,
      slots,
      threads: 1,
      socketPath: join(folder, 'run', `${made}.sock`),
      nodePath: process.execPath,
      clock: systemClock,
      log,
      times: { firstDelayMs: 20 },
    });
  };
  const library: ModelLibrary = await ModelLibrary.open({
    folder: join(folder, 'models'),
    clock: systemClock,
    log,
    isInUse: (path) => served.isBusy(path),
    letGo: () => served.follow(),
    onChange: () => void served.follow(),
  });
  const served: InstalledEngines = new InstalledEngines({
    library,
    registry: rig.engines,
    keeper,
    memoryBytes,
    slots: 2,
    create: create ?? embedded,
    takes: 0,
    log,
  });
  await served.follow();
  rig.after(async () => {
    await served.stop();
    await library.close();
    await rm(folder, { recursive: true, force: true });
  });
  const key = await rig.key();
  const find = (id: string) => library.models().find((model) => model.id === id) ?? expect.fail(id);
  return {
    rig,
    key,
    log,
    library,
    served,
    find,
    /** Installs a file under a name, and waits until it can be called or it is known why not. */
    async install(id: string, path: string) {
      await library.install({ source: { kind: 'file', path }, id: id as never }); // a name of the right form
      await waitFor(() => library.models().some((model) => model.id === id), {
        timeoutMs: 10_000,
        what: `${id} to be installed`,
      });
      await served.follow();
    },
    async tiny(name: string, tiny: TinyModel = {}) {
      const path = join(folder, `${name}.gguf`);
      await writeFile(path, tinyGguf(tiny));
      return path;
    },
    names: async () => (await rig.get('/v1/models', key)).json.data.map(({ id }: { id: string }) => id),
    stateOf: (id: string) => {
      const found = served.of(find(id).sha256);
      return found?.kind === 'served' ? found.state.name : found?.why;
    },
    ask: (model: string, more: object = QUESTION) => rig.post(CHAT, key, chatBody({ model, ...more })),
    pids: (id: string) =>
      log.lines
        .map((line) => JSON.parse(line) as { event?: string; model?: string; pid?: number })
        .filter(({ event, model }) => event === 'engine.spawned' && model === id)
        .map(({ pid }) => pid ?? 0),
  };
}

describe('with the real engine', () => {
  test('an installed model is listed, loaded by its first call, answers, and is gone when it is removed', async () => {
    const { install, names, stateOf, ask, rig, library, find, key } = await machine();
    await install('mine', ownFile('selfTestModel'));
    expect(await names()).toEqual(['mine', 'own']);
    expect((await rig.get('/v1/models/mine', key)).json.b3iq).toMatchObject({
      state: 'idle',
      self_test: false,
      context_tokens: 2_048,
      capabilities: expect.arrayContaining(['chat', 'messages']),
    });
    const reply = await ask('mine');
    expect(reply).toMatchObject({ status: 200, json: { model: 'mine' } });
    expect(reply.json.choices[0].message.content).toMatch(/\w{3}/);
    expect(stateOf('mine')).toBe('ready');
    expect(rig.ledger.calls.at(-1)).toMatchObject({ model: 'mine' });

    const { sha256 } = find('mine');
    await library.remove(sha256);
    expect(await ask('mine')).toMatchObject({ status: 404, json: { error: { code: 'model_not_found' } } });
    expect(await names()).toEqual(['own']);
    await library.restore(sha256);
    await waitFor(async () => (await names()).includes('mine'), { timeoutMs: 10_000, what: 'it is back' });
    expect((await ask('mine')).status).toBe(200);
  });

  test('with memory for one, the second unloads the first, and each call is answered', async () => {
    const { install, tiny, ask, stateOf } = await machine(ROOM_FOR_ONE);
    await install('one', ownFile('selfTestModel'));
    await install('two', await tiny('two'));
    expect((await ask('one')).status).toBe(200);
    expect([stateOf('one'), stateOf('two')]).toEqual(['ready', 'idle']);
    expect((await ask('two', { max_tokens: 4 })).status).toBe(200);
    expect([stateOf('one'), stateOf('two')]).toEqual(['idle', 'ready']);
    const both = await Promise.all([ask('one'), ask('two', { max_tokens: 4 })]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('one that is killed comes back by itself, and the other does not notice', async () => {
    const { install, tiny, ask, stateOf, pids } = await machine();
    await install('one', ownFile('selfTestModel'));
    await install('two', await tiny('two'));
    await Promise.all([ask('one'), ask('two', { max_tokens: 4 })]);
    const [pid] = pids('one');
    process.kill(-(pid ?? expect.fail('no process')), 'SIGKILL');
    expect((await ask('two', { max_tokens: 4 })).status).toBe(200);
    await waitFor(() => pids('one').length === 2 && stateOf('one') === 'ready', {
      timeoutMs: 30_000,
      what: 'the killed one to be back',
    });
    expect((await ask('one')).status).toBe(200);
    expect(pids('two')).toHaveLength(1);
  });

  test('a file that went bad on the disk is refused with its reason, and takes nobody along', async () => {
    const { install, tiny, ask, library, find } = await machine();
    await install('one', await tiny('one'));
    await install('two', await tiny('two', { seed: 2 }));
    const path = library.fileOf(find('one'));
    const { size } = await stat(path);
    await writeFile(path, Buffer.alloc(64, 7), { flag: 'r+' });
    expect((await stat(path)).size).toBe(size);
    const reply = await ask('one', { max_tokens: 4 });
    expect(reply).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
    expect(reply.text).toMatch(/neither GGUF|no model|not a model|GGUF/i);
    expect((await ask('two', { max_tokens: 4 })).status).toBe(200);
  });
});

describe('what is served follows what is installed', () => {
  test('a model that answers somebody is not taken away; when it has answered it is', async () => {
    const fake = await startFakeEngine({ model: { id: 'mine' }, started: false });
    const { install, tiny, ask, library, find, served, rig } = await machine(GIB, (_file, model) => ({
      ...fake.engine,
      model,
    }));
    rig.after(() => fake.stop());
    await install('mine', await tiny('mine'));
    fake.knobs.delayMs = 500;
    const answer = ask('mine');
    await waitFor(() => fake.requests.length === 1, { timeoutMs: 10_000, what: 'it answers' });
    const { sha256 } = find('mine');
    expect(served.isBusy(library.fileOf(find('mine')))).toBe(true);
    await expect(library.remove(sha256)).rejects.toMatchObject({ code: 'model_in_use' });
    expect((await answer).status).toBe(200);
    await library.remove(sha256);
    expect(fake.engine.state().name).toBe('stopped');
    expect((await ask('mine')).status).toBe(404);
  });

  test('what does not fit is not offered, and says why', async () => {
    const { install, tiny, names, stateOf, ask } = await machine(1_000);
    await install('large', await tiny('large'));
    expect(await names()).toEqual(['own']);
    expect(stateOf('large')).toMatch(/weights alone .*\.$/);
    expect((await ask('large')).status).toBe(404);
  });

  test('a name another engine of this machine has is never shared with it', async () => {
    const { install, tiny, rig, stateOf } = await machine();
    await install('own', await tiny('own'));
    expect(rig.engines.models().get('own')?.size).toBe(1);
    expect(stateOf('own')).toMatch(/another name\.$/);
  });

  test('an engine that cannot be made is told as such, and takes nobody along', async () => {
    const fake = await startFakeEngine({ model: { id: 'good' }, started: false });
    const { install, tiny, stateOf, names, rig } = await machine(GIB, (_file, model) => {
      if (model.id === 'odd') throw new Error('no');
      if (model.id === 'told') throw new CodedError('config_invalid', 'The path is too long.');
      return { ...fake.engine, model };
    });
    rig.after(() => fake.stop());
    await install('odd', await tiny('odd'));
    await install('told', await tiny('told', { seed: 2 }));
    await install('good', await tiny('good', { seed: 3 }));
    expect(stateOf('odd')).toMatch(/could not be prepared/);
    expect(stateOf('told')).toBe('The path is too long.');
    expect(await names()).toEqual(['good', 'own']);
  });

  test('after the end nothing is served and nothing begins', async () => {
    const { install, tiny, served, names } = await machine();
    await install('mine', await tiny('mine'));
    await served.stop();
    expect(await names()).toEqual(['own']);
    await served.follow();
    expect(await names()).toEqual(['own']);
  });
});
