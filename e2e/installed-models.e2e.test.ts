/** A model an owner installs is served: by the real agent in a process of its own, through restarts and a kill. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownFile } from '@b3iq/device/src/os/own-files.ts';
import type { InstalledModel, ModelLibraryAnswer, StatusAnswer } from '@b3iq/wire/local-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
let stick: string;
let secret: string;
beforeEach(async () => {
  stick = await mkdtemp(join(tmpdir(), 'b3iq-stick-'));
  agent = await TestAgent.start();
  await agent.claim();
  ({ secret } = await agent.newKey());
});
afterEach(async () => {
  await agent.remove();
  await rm(stick, { recursive: true, force: true });
});

const call = (path: string, body?: object) =>
  fetch(`${agent.url}/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const ask = (model: string) =>
  call('/chat/completions', { model, messages: [{ role: 'user', content: 'What is a receipt?' }] });
const served = async () => (await agent.operator<StatusAnswer>('GET', '/api/status')).models;
async function installed(): Promise<InstalledModel> {
  const { installed } = await agent.operator<ModelLibraryAnswer>('GET', '/api/models/library');
  return installed[0] ?? expect.fail('nothing is installed');
}

test('installed, asked, kept through a restart and a kill, removed', async () => {
  const path = join(stick, 'copy.gguf');
  await copyFile(ownFile('selfTestModel'), path);
  expect((await served()).map(({ id }) => id)).toEqual(['b3iq-selftest']);
  const { exitCode, stderr } = await agent.cli(['models', 'install', path, '--name', 'mine', '--wait']);
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);

  // The owner's model is what pages begin with; it is there without a restart, and loaded by nobody yet.
  expect((await served()).map(({ id, state }) => [id, state])).toMatchObject([
    ['mine', 'idle'],
    ['b3iq-selftest', expect.any(String)],
  ]);
  expect(await installed()).toMatchObject({
    served: { state: 'idle', context_tokens: 2_048 },
    not_served: null,
    fit: { kind: 'comfortable', reason: expect.stringMatching(/for 4 conversations of 2,048 tokens/) },
    in_use: false,
  });
  const answer = await ask('mine');
  expect([answer.status, await answer.json()]).toMatchObject([200, { model: 'mine' }]);
  expect(await installed()).toMatchObject({ served: { state: 'ready' } });
  expect((await agent.cli(['models', 'list'])).stdout).toMatch(/mine .* ready /);

  await agent.restart();
  expect((await served())[0]).toMatchObject({ id: 'mine', state: 'idle' });
  expect((await ask('mine')).status).toBe(200);
  await agent.kill();
  await agent.boot();
  expect((await ask('mine')).status).toBe(200);

  const removed = await agent.cli(['models', 'remove', 'mine']);
  expect(removed).toMatchObject({ exitCode: 0 });
  const gone = await ask('mine');
  expect([gone.status, await gone.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  expect((await served()).map(({ id }) => id)).toEqual(['b3iq-selftest']);
});

test('a model there is no memory for is kept, not offered, and told as such', async () => {
  await agent.remove();
  agent = await TestAgent.start({ B3IQ_MODEL_MEMORY_BYTES: '1000' });
  await agent.claim();
  ({ secret } = await agent.newKey());
  const path = join(stick, 'copy.gguf');
  await copyFile(ownFile('selfTestModel'), path);
  expect(await agent.cli(['models', 'install', path, '--name', 'mine', '--wait'])).toMatchObject({
    exitCode: 0,
  });
  expect(await installed()).toMatchObject({
    served: null,
    not_served: expect.stringMatching(/^It needs .* there are.*\.$/),
    fit: { kind: 'does-not-fit' },
  });
  expect((await ask('mine')).status).toBe(404);
  await agent.ready();
  expect((await ask('b3iq-selftest')).status).toBe(200);
});
