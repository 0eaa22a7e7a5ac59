import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const install = {
  id: 'ins_0123456789abcdef',
  model: 'qwen',
  label: 'qwen',
  host: 'models.example',
  phase: 'fetching',
  done_bytes: 1_000_000_000,
  total_bytes: 4_000_000_000,
  bytes_per_second: 10_000_000,
  seconds_left: 300,
  message: null,
  is_pinned: false,
};
const model = {
  id: 'small',
  label: 'evil\u001b[2J',
  sha256: 'ab'.repeat(32),
  size_bytes: 2_200_000_000,
  format: 'gguf',
  pinned_by: 'first-download',
  in_use: false,
  context_tokens: 8_192,
  fit: { kind: 'tight', reason: 'Only a little.' },
  refused: null,
  served: { state: 'idle', reason: null, context_tokens: 4_096 },
  not_served: null,
};
const library = (change: object = {}) => ({
  installed: [model],
  installs: [install],
  disk_free_bytes: 10 ** 11,
  memory: { bytes: 1, of: 'machine' },
  ...change,
});
const shows = (change: object = {}) => cli.agent.on('GET /api/models/library', { json: library(change) });

test('the list tells what is installed, how it fits, and what is on its way', async () => {
  shows();
  const { stdout, stderr } = await cli.host('models list');
  expect(stdout).toMatch(/small +2\.\d GiB +4,096 +tight +idle +abababababab +pinned on first download/);
  expect(stdout).toMatch(/qwen +fetching +.*B of .*B +.*\/s, 5 min left/);
  expect(stderr).toMatch(/free on the disk/);
  expect(JSON.parse((await cli.host('models list --json')).stdout)).toEqual(library());
  shows({ installed: [{ ...model, served: null, not_served: 'It is too large for this machine.' }] });
  expect((await cli.host('models list')).stdout).toMatch(/8,192 +tight +not served .*too large for this/);
  shows({ installed: [], installs: [] });
  expect((await cli.host('models list')).stderr).toContain('models install');
});

test('an address, a file and a name of the catalogue are told apart', async () => {
  cli.agent.on('POST /api/models/installs', { status: 202, json: install });
  const ran = await cli.host(
    `models install https://models.example/a.gguf --name mine --sha256 ${'cd'.repeat(32)}`,
  );
  expect(ran).toMatchObject({ exitCode: 0, stdout: `${install.id}\n` });
  await cli.host('models install b.gguf');
  await cli.host('models install ./c');
  await cli.host('models install qwen3-8b');
  await cli.host('models install ollama:qwen3:8b');
  expect(cli.agent.heard.map(({ body }) => JSON.parse(body))).toEqual([
    { source: { kind: 'url', url: 'https://models.example/a.gguf' }, id: 'mine', sha256: 'cd'.repeat(32) },
    { source: { kind: 'file', path: resolve('b.gguf') } },
    { source: { kind: 'file', path: resolve('c') } },
    { source: { kind: 'catalogue', id: 'qwen3-8b' } },
    { source: { kind: 'ollama', name: 'qwen3:8b' } },
  ]);
});

test('waiting ends with the model, or with why not', async () => {
  cli.agent.on('POST /api/models/installs', { status: 202, json: install });
  let looks = 0;
  cli.agent.on('GET /api/models/library', (response) => {
    const isThere = ++looks > 1;
    const json = library(isThere ? { installed: [{ ...model, id: 'qwen' }], installs: [] } : {});
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  const ran = await cli.host('models install /a.gguf --wait');
  expect(ran).toMatchObject({ exitCode: 0, stdout: `${model.sha256}  qwen\n` });
  expect(ran.stderr).toMatch(/fetching · .* left/);
  shows({ installs: [{ ...install, phase: 'failed', message: 'The disk is full. Free some.' }] });
  const failed = await cli.host('models install /a.gguf --wait');
  expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The disk is full') });
});

test('pause, resume and cancel find an installation by its id’s beginning or its name', async () => {
  shows();
  const path = `/api/models/installs/${install.id}`;
  for (const route of [`POST ${path}/pause`, `POST ${path}/resume`, `DELETE ${path}`])
    cli.agent.on(route, { json: library() });
  expect((await cli.host('models pause ins_01')).exitCode).toBe(0);
  expect((await cli.host('models resume qwen')).exitCode).toBe(0);
  expect((await cli.host('models cancel qwen')).stderr).toContain('cancelled');
  expect((await cli.host('models pause other')).exitCode).toBe(1);
  shows({ installs: [install, { ...install, id: 'ins_0fff' }] });
  expect((await cli.host('models pause ins_0')).stderr).toContain('More than one');
});

test('remove asks for one model by name or hash', async () => {
  shows();
  cli.agent.on(`DELETE /api/models/library/${model.sha256}`, { json: library() });
  expect((await cli.host('models remove small')).exitCode).toBe(0);
  expect((await cli.host('models remove abababab')).stderr).toContain('within a minute');
  expect((await cli.host('models remove ab')).exitCode).toBe(1);
});

test('the catalogue says how each model fits and why, and leaves out what is not published', async () => {
  const known = { id: 'a', size_bytes: 5e9, license: 'MIT', state: 'installed', fit: model.fit };
  const open = {
    id: 'b',
    size_bytes: null,
    license: null,
    state: 'available',
    fit: { kind: 'unknown', reason: 'No.' },
  };
  cli.agent.on('GET /api/models/catalogue', { json: { models: [known, open] } });
  const { stdout } = await cli.host('models catalogue');
  expect(stdout).toMatch(/a \(installed\) +4\.7 GiB +MIT +tight +Only a little\./);
  expect(stdout).toMatch(/b +not known +No\./);
});
