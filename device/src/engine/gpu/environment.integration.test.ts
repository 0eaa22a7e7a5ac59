/** What the processes that hold a model really have in their environment, for each way an engine is started. No card is needed
 *  for that: a card that only NVIDIA's own driver sees is named and not looked for. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeGpu } from '../../health/gpu/fake.ts';
import type { GpuReading } from '../../health/gpu/types.ts';
import { embeddedTestEngine } from '../fixtures/embedded.ts';
import { llamaServerCommand } from '../fixtures/llama-server.ts';
import { unitEngineMaker } from '../fixtures/llama-server-unit.ts';
import { testEngineMaker } from '../fixtures/test-engine.ts';
import { createLlamaServerChild } from '../llama-server/engine.ts';
import { environmentOf } from './look.ts';
import type { Card } from './types.ts';

const UUIDS = [
  'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b',
  'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6',
] as const;
const RTX: readonly Card[] = UUIDS.map((uuid, at) => ({
  id: `00ff:4${at}:00.0`,
  uuid,
  vendor: 'nvidia',
  name: 'RTX',
}));
const R9700: Card = { id: '00ff:03:00.0', vendor: 'amd', name: 'R9700' };
const VISIBLE = `CUDA_VISIBLE_DEVICES=${UUIDS.join(',')}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-cards-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The real llama-server, behind a script that first writes down its environment. */
async function recorded(name: string) {
  const [command, seen] = [join(folder, name), join(folder, `${name}.env`)];
  await writeFile(command, `#!/bin/sh\nenv > '${seen}'\nexec '${llamaServerCommand()}' "$@"\n`);
  await chmod(command, 0o755);
  return { command, seen: async () => (await readFile(seen, 'utf8')).split('\n') };
}

test('llama-server as a child sees its cards and no others', async () => {
  const { command, seen } = await recorded('child');
  const make = testEngineMaker((options) => createLlamaServerChild({ ...options, command }));
  const { engine, remove } = await make(undefined, { gpu: 'auto', cards: RTX });
  try {
    await engine.start();
    expect(engine.state()).toEqual({ name: 'ready' });
    expect(await seen()).toContain(VISIBLE);
  } finally {
    await remove();
  }
});

test('a unit hears its cards with its task', async () => {
  const { command, seen } = await recorded('unit');
  const { make } = unitEngineMaker(command);
  const { engine, remove } = await make(undefined, { cards: RTX });
  try {
    await engine.start();
    expect(engine.state()).toEqual({ name: 'ready' });
    expect(await seen()).toContain(VISIBLE);
  } finally {
    await remove();
  }
});

test('the embedded engine’s process is born with them', async () => {
  const { engine, remove } = await embeddedTestEngine(undefined, { cards: RTX });
  try {
    await engine.start();
    expect(engine.state()).toEqual({ name: 'ready' });
    const own = await readFile(`/proc/${engine.childPid()}/environ`, 'utf8');
    expect(own.split('\0')).toContain(VISIBLE);
  } finally {
    await remove();
  }
});

test.each([
  [
    'llama-server',
    testEngineMaker((options) => createLlamaServerChild({ ...options, command: llamaServerCommand() })),
  ],
  ['the embedded engine', embeddedTestEngine],
])('%s with a card that is not there does not start on anything else', async (_title, make) => {
  const { engine, remove } = await make(undefined, { gpu: 'auto', cards: [R9700] });
  try {
    await engine.start();
    expect(engine.state()).toMatchObject({ name: 'failed', code: 'graphics_card_gone' });
    expect(engine.state().reason).toContain('is gone from the machine');
  } finally {
    await remove();
  }
});

test('cards are looked for at each start, and refused in a sentence when one is gone', async () => {
  const manifests = [join(folder, 'icd.d'), join(folder, 'not-there')];
  await mkdir(join(folder, 'icd.d'));
  await writeFile(join(folder, 'icd.d', 'radeon_icd.json'), '{}');
  const on = (gpus: readonly GpuReading[] | undefined) => ({ kernel: async () => gpus, manifests });
  const [first, own] = [fakeGpu({ id: '00ff:01:00.0' }), fakeGpu({ id: R9700.id })];
  expect(await environmentOf(null)).toEqual({});
  expect(await environmentOf([R9700], on([first, own]))).toMatchObject({ GGML_VK_VISIBLE_DEVICES: '1' });
  expect(await environmentOf([R9700], on([own]))).toMatchObject({ GGML_VK_VISIBLE_DEVICES: '0' });
  await expect(environmentOf([R9700], on([first]))).rejects.toMatchObject({
    code: 'graphics_card_gone',
    detail: expect.stringContaining('is gone from the machine'),
  });
  expect(await environmentOf([R9700], on(undefined))).toEqual({});
});
