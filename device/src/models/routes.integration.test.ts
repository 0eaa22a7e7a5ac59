import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ModelManifest } from '@b3iq/wire';
import type { CatalogueAnswer } from '@b3iq/wire/local-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { waitFor } from '../os/wait-for.ts';
import { modelFile, sha256Of } from './install/fixtures/model-file.ts';
import { type InstallRig, installRig } from './install/fixtures/rig.ts';
import { ModelService } from './service.ts';
import { ModelStick } from './stick/look.ts';

const file = modelFile();
const sha256 = sha256Of(file);
const SMALL = { layers: 2, key_width: 64, value_width: 64, embedding_length: 64, vocabulary_size: 100 };
const manifest = (id: string, more: Partial<ModelManifest>): ModelManifest =>
  ({
    iss: 'test',
    iat: '2026-11-22T18:00:00Z',
    id,
    label: id === 'unpinned' ? 'Unpinned' : id,
    format: 'gguf',
    self_test: false,
    sources: [{ url: `https://models.example/${id}` }],
    ...more,
  }) as ModelManifest; // names and times of the right form
let rig: InstallRig;
let machine: Machine;
let cookie: string;
let served: string | undefined;
let stick: string;
beforeEach(async () => {
  served = undefined;
  stick = join(await mkdtemp(join(tmpdir(), 'b3iq-stick-')), 'mounted');
  const isInUse = (path: string) => path === served;
  rig = await installRig(file, { isInUse, stickFolder: stick });
  const library = new ModelService({
    library: rig.library,
    memory: { bytes: 2 ** 35, of: 'graphics' },
    served: () => ({ kind: 'served', state: { name: 'idle' }, contextTokens: 8_192, slots: 2 }),
    isInUse,
    stick: new ModelStick(stick, rig.library),
    catalogue: [
      manifest('huge', { size_bytes: 10 ** 13, sha256: sha256Of(Buffer.from('huge')) }),
      manifest('unpinned', { sources: [{ url: rig.server.url }] }),
      manifest('small', { size_bytes: file.length, sha256, memory: SMALL }),
    ],
  });
  machine = await startMachine({ library });
  ({ cookie } = await machine.claimNow());
});
afterEach(async () => {
  await machine.close();
  await rig.close();
  await rm(dirname(stick), { recursive: true, force: true });
});
const ask = (method: string, path: string, body?: object) =>
  machine.ask(`/api/models${path}`, { method, body, headers: { cookie } });
const url = () => ({ source: rig.url });

test('an owner installs, watches, pauses, resumes, removes and brings back', async () => {
  rig.server.holdAfter = 300_000;
  const started = await ask('POST', '/installs', { ...url(), id: 'Mine', sha256 });
  expect(started).toMatchObject({ status: 202, json: { model: 'Mine', host: '127.0.0.1', is_pinned: true } });
  const { id } = started.json as { id: string }; // just matched
  const install = await waitFor(
    async () => {
      const { json } = await ask('GET', '/library');
      const [one] = (json as { installs: { done_bytes: number }[] }).installs;
      return one?.done_bytes === 300_000 && one;
    },
    { timeoutMs: 10_000, what: 'the bytes that came' },
  );
  expect(install).toMatchObject({ phase: 'fetching', total_bytes: file.length, message: null });
  expect((await ask('POST', `/installs/${id}/pause`, {})).json).toMatchObject({
    installs: [{ phase: 'paused' }],
  });
  rig.server.holdAfter = undefined;
  expect((await ask('POST', `/installs/${id}/resume`, {})).status).toBe(200);
  await rig.settled();
  expect((await ask('GET', '/library')).json).toMatchObject({
    installs: [],
    installed: [
      {
        id: 'Mine',
        sha256,
        pinned_by: 'manifest',
        in_use: false,
        architecture: 'llama',
        refused: null,
        served: { state: 'idle', context_tokens: 8_192 },
        not_served: null,
      },
    ],
    memory: { of: 'graphics' },
  });
  expect((await ask('DELETE', `/library/${sha256}`)).json).toMatchObject({ installed: [] });
  expect((await ask('POST', `/library/${sha256}/restore`, {})).json).toMatchObject({
    installed: [{ sha256 }],
  });
  const [model] = rig.library.models();
  served = model && rig.library.fileOf(model);
  expect(await ask('DELETE', `/library/${sha256}`)).toMatchObject({
    status: 409,
    json: { error: { code: 'model_in_use' } },
  });
});

test('the catalogue says what fits and why, and its models are installed by name', async () => {
  const { json } = await ask('GET', '/catalogue');
  const { models } = json as CatalogueAnswer; // looked at below
  expect(models.map(({ id, state }) => [id, state])).toEqual([
    ['small', 'available'],
    ['unpinned', 'available'],
    ['huge', 'available'],
  ]);
  expect(models.map(({ is_pinned }) => is_pinned)).toEqual([true, false, true]);
  const started = await ask('POST', '/installs', { source: { kind: 'catalogue', id: 'unpinned' } });
  expect(started).toMatchObject({ status: 202, json: { model: 'unpinned', is_pinned: false } });
  await rig.settled();
  expect((await ask('GET', '/library')).json).toMatchObject({
    installed: [{ id: 'unpinned', label: 'Unpinned', pinned_by: 'first-download', sha256 }],
  });
  const unknown = await ask('POST', '/installs', { source: { kind: 'catalogue', id: 'nothing' } });
  expect(unknown.json).toMatchObject({ error: { code: 'model_not_found' } });
});

test('a stick is shown while it is there, and its files are installed by name', async () => {
  expect((await ask('GET', '/stick')).json).toEqual({ state: 'absent', models: [], is_cut: false });
  await mkdir(join(stick, 'more'), { recursive: true });
  await writeFile(join(stick, 'more/My Model.gguf'), file);
  const listed = (state: string) => ({
    state: 'present',
    models: [{ name: 'more/My Model.gguf', size_bytes: file.length, state }],
    is_cut: false,
  });
  expect((await ask('GET', '/stick')).json).toEqual(listed('available'));
  const source = { kind: 'stick', name: 'more/My Model.gguf' };
  const started = await ask('POST', '/installs', { source });
  expect(started).toMatchObject({ status: 202, json: { model: 'my-model', from: 'stick', host: null } });
  await rig.settled();
  expect((await ask('GET', '/library')).json).toMatchObject({
    installs: [],
    installed: [{ id: 'my-model', sha256 }],
  });
  expect((await ask('GET', '/stick')).json).toEqual(listed('installed'));
});

test('a failure is told in sentences, and cancelling leaves nothing', async () => {
  rig.server.instead = (_request, response) => {
    response.writeHead(403).end();
    return true;
  };
  const { json } = await ask('POST', '/installs', url());
  const { id } = json as { id: string }; // matched below
  await rig.settled();
  expect((await ask('GET', '/library')).json).toMatchObject({
    installs: [{ id, phase: 'failed', message: expect.stringMatching(/permission first\. .*kept\. Check/) }],
  });
  expect((await ask('DELETE', `/installs/${id}`)).json).toMatchObject({ installs: [] });
});

test.each([
  [{}, 'invalid_request'],
  [{ source: { kind: 'ftp' } }, 'invalid_request'],
  [{ source: { kind: 'url', url: 'https://a.example/x' }, sha256: 'short' }, 'invalid_request'],
  [{ source: { kind: 'url', url: 'https://a.example/x' }, id: '../x' }, 'invalid_request'],
  [{ source: { kind: 'url', url: 'http://a.example/x' } }, 'model_source_refused'],
  [{ source: { kind: 'file', path: 'x' } }, 'model_source_refused'],
  [{ source: { kind: 'stick', name: '../b.gguf' } }, 'model_source_refused'],
  [{ source: { kind: 'stick', name: 'notes.txt' } }, 'model_source_refused'],
])('%j is refused', async (body, code) => {
  expect((await ask('POST', '/installs', body)).json).toMatchObject({ error: { code } });
});

test('ids of others, and ids that are paths, are not found', async () => {
  for (const [method, path] of [
    ['POST', '/installs/ins_0000000000000000/pause'],
    ['DELETE', '/installs/..%2f..'],
    ['DELETE', `/library/${'0'.repeat(64)}`],
    ['DELETE', '/library/..%2fincoming'],
    ['POST', '/library/x/restore'],
  ] as const)
    expect([400, 404]).toContain((await ask(method, path, {})).status);
});
