/** What goes wrong on a real machine, and that it says so and comes back: a lost key, cut settings, a dead engine, a bad file. */
import { execFileSync } from 'node:child_process';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { Health, KeysAnswer, StatusAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

const health = async () => (await (await fetch(`${agent.url}/health`)).json()) as Health;
const status = () => agent.operator<StatusAnswer>('GET', '/api/status');
const ask = (secret: string, model = 'b3iq-selftest') =>
  fetch(`${agent.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 4, messages: [{ role: 'user', content: 'Hello' }] }),
  });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

test('a lost key is a named state; nothing is answered in its name, and a backup brings the machine back', async () => {
  agent = await TestAgent.start();
  await agent.claim();
  const { secret } = await agent.newKey();
  const { node_id } = await agent.ready();
  const backup = join(agent.stateDir, '..', `${node_id}.backup`);
  expect(await agent.cli(['identity', 'backup', '--to', backup])).toMatchObject({ exitCode: 0 });

  await agent.stop();
  await rm(join(agent.stateDir, 'identity.json'));
  await agent.boot();
  expect(await health()).toMatchObject({ state: 'identity-lost' });
  expect((await status()).node_id).toBe(node_id);
  const refused = await ask(secret);
  expect([refused.status, await codeOf(refused)]).toEqual([503, 'identity_unavailable']);

  await agent.stop();
  expect(await agent.cli(['identity', 'restore', '--from', backup])).toMatchObject({ exitCode: 0 });
  await rm(backup);
  await agent.boot();
  expect((await agent.ready()).node_id).toBe(node_id);
  expect((await ask(secret)).status).toBe(200);
});

test('settings cut in half are restored from the last good copy, and the owner is told', async () => {
  agent = await TestAgent.start();
  await agent.claim();
  const { key } = await agent.newKey();
  await agent.kill();
  const path = join(agent.stateDir, 'settings.json');
  await truncate(path, Math.floor((await readFile(path)).length / 2));
  await agent.boot();
  expect(await status()).toMatchObject({
    state: 'claimed',
    owner: 'Ada',
    notice: expect.stringContaining('last good copy'),
  });
  expect((await agent.operator<KeysAnswer>('GET', '/api/keys')).keys.map(({ id }) => id)).toEqual([key.id]);
});

test('an engine that is killed comes back by itself while the machine goes on answering', async () => {
  agent = await TestAgent.start();
  await agent.claim();
  const { secret } = await agent.newKey();
  await agent.ready();
  execFileSync('pkill', ['-9', '-P', String(agent.pid), '-f', 'engine/embedded/child']);
  await waitFor(async () => (await status()).models[0]?.state === 'restarting', {
    timeoutMs: 10_000,
    what: 'the engine is down',
  });
  expect(await health()).toMatchObject({ status: 'ok' });
  const refused = await ask(secret);
  expect([refused.status, await codeOf(refused)]).toEqual([503, 'engine_unavailable']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await agent.ready();
  expect((await ask(secret)).status).toBe(200);
});

test.each([
  ['cut short', (gguf: Buffer) => gguf.subarray(0, 300_000)],
  ['no model at all', () => Buffer.from('not a model'.repeat(1_000))],
  ['with a head count of zero, which aborts llama.cpp', (gguf: Buffer) => withHeadCountZero(gguf)],
])('a model file that is %s takes down its own process alone and is named', async (_, damage) => {
  const shipped = await readFile(new URL('../device/selftest/b3iq-selftest.gguf', import.meta.url));
  const file = join('/tmp', `b3iq-hostile-${process.pid}.gguf`);
  await writeFile(file, damage(shipped));
  agent = await TestAgent.start({ B3IQ_MODEL_FILE: file });
  await agent.claim();
  const model = await waitFor(async () => (await status()).models.find(({ state }) => state === 'failed'), {
    timeoutMs: 60_000,
    what: 'the file is refused',
  });
  expect(model.reason).toContain(`b3iq-hostile-${process.pid}.gguf`);
  expect(await health()).toMatchObject({ status: 'ok', state: 'claimed' });
  const refused = await ask((await agent.newKey()).secret, model.id);
  expect(refused.status).toBe(503);
  await rm(file);
});

/** The value of `llama.attention.head_count`, a 4-byte number, set to 0. */
function withHeadCountZero(gguf: Buffer): Buffer {
  const key = Buffer.from('llama.attention.head_count');
  const at = gguf.indexOf(key) + key.length + 4; // after the key comes its type, 4 bytes
  const copy = Buffer.from(gguf);
  copy.writeUInt32LE(0, at);
  return copy;
}
