/**
 * The package as somebody gets it: packed, installed into an empty folder with no registry and no cache, and started.
 * The slowest of the journeys, so it is packed and installed once.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../device/src/os/wait-for.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
let host: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-package-'));
  await execa(process.execPath, [join(ROOT, 'scripts/pack.ts'), folder]);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await install(join(folder, tarball)).catch(() => install(join(folder, tarball)));
  host = join(folder, 'there/bin/b3iq-host');
}, 300_000);

/**
 * With no registry and no cache. npm was once seen to stand still, waiting on io_uring, until the test gave up: without it,
 * and with a bound and a second try, it is our package that is tested.
 */
async function install(tarball: string): Promise<void> {
  const nowhere = 'http://127.0.0.1:9/';
  await execa(
    'npm',
    ['install', '--global', '--prefix', join(folder, 'there'), '--offline', '--registry', nowhere]
      .concat(['--cache', join(folder, 'cache'), '--no-audit', '--no-fund', '--ignore-scripts'])
      .concat(tarball),
    { cwd: folder, stdin: 'ignore', timeout: 100_000, env: { UV_USE_IO_URING: '0' } },
  );
}

afterAll(() => rm(folder, { recursive: true, force: true }));

const installed = (path: string) => join(folder, 'there/lib/node_modules/b3iq-host', path);
/** As a login has it: the Node of this test, and nothing of this checkout. */
const around = (state: string) => ({
  env: { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, B3IQ_STATE_DIR: state },
  extendEnv: false as const,
  cwd: folder,
});

test('it says its version and knows its commands', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'device/package.json'), 'utf8'));
  const { stdout } = await execa(host, ['--version'], around(join(folder, 'none')));
  expect(stdout).toBe(`b3iq-host ${version}`);
  const dry = await execa(host, ['service', 'install', '--dry-run'], around(join(folder, 'none')));
  expect(dry.stdout).toContain(installed('lib/b3iq/agent/b3iq-host.mjs'));
});

test('it comes up to the setup link, serves its pages, and its engine gets ready', async () => {
  const state = join(folder, 'state');
  await mkdir(state, { mode: 0o700 });
  await writeFile(join(state, 'config.json'), '{"listen_port":0,"announce":false}');
  const agent = execa(host, ['run'], { ...around(state), reject: false, buffer: false });
  let said = '';
  agent.stdout.on('data', (piece) => {
    said += piece;
  });
  try {
    const [, page, token] = await waitFor(() => /(http:\S+\/setup\/)#token=(\S+)/.exec(said) ?? undefined, {
      timeoutMs: 60_000,
      what: 'the setup link',
    });
    expect(token?.length).toBeGreaterThan(40);
    expect(await (await fetch(page ?? '')).text()).toContain('</html>');
    await waitFor(
      async () => {
        const { stdout } = await execa(host, ['models', '--json'], around(state));
        return JSON.parse(stdout).models[0]?.state === 'ready';
      },
      { timeoutMs: 120_000, what: 'the self-test model', everyMs: 500 },
    );
  } finally {
    agent.kill('SIGTERM');
  }
  expect((await agent).exitCode).toBe(0);
});

test('an old Node is told what it needs', async () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;
  const told = await execa(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(old)}`,
      installed('lib/b3iq/agent/b3iq-host.mjs'),
    ],
    { ...around(join(folder, 'none')), reject: false },
  );
  expect(told).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Node 20.1.0 is too old') });
});

test('it holds what it needs, says so, and nothing of where it was packed', async () => {
  const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8'));
  expect(manifest).toMatchObject({ name: 'b3iq-host', license: 'UNLICENSED', private: true });
  expect(Object.keys(manifest.dependencies).sort()).toEqual([...manifest.bundleDependencies].sort());
  const bom = await readFile(installed('share/b3iq/sbom/bundle.cdx.json'), 'utf8');
  for (const name of ['"express"', '"node-llama-cpp"', '"zod"']) expect(bom).toContain(name);
  for (const name of await readdir(installed('lib/b3iq/agent')))
    expect(await readFile(installed(`lib/b3iq/agent/${name}`), 'utf8'), name).not.toContain(ROOT);
  const { size } = await stat(
    join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? ''),
  );
  // 16 MiB today; the next engine variant that slips in is fifty.
  expect(size).toBeLessThan(32 << 20);
});
