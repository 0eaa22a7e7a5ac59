/** The command line against the agent's real control routes, claim and keys, so that neither side drifts from the other. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mintSecret } from '../claim/secrets.ts';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keyRoutes } from '../keys/routes.ts';
import { KEY_PATTERN } from '../keys/secret.ts';
import { keysSlice } from '../keys/types.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryStore } from '../store/fake.ts';
import { drained, fakeIo } from './fakes/io.ts';
import { runCli } from './main.ts';

let machine: Machine;
let folder: string;
beforeEach(async () => {
  const keys = new KeyRing({ store: memoryStore([], keysSlice), clock: new FakeClock() });
  machine = await startMachine({ keyRoutes: keyRoutes({ keys }) });
  folder = await mkdtemp(join(tmpdir(), 'b3iq-doors-'));
});
afterEach(async () => {
  await machine.close();
  await rm(folder, { recursive: true, force: true });
});

async function host(line: string, input = '') {
  const io = fakeIo({ input, env: { B3IQ_STATE_DIR: dirname(machine.pagesDir) } });
  const exitCode = await runCli(line.split(' '), io);
  return { exitCode, ...(await drained(io)) };
}
const PASSWORD = 'correct horse battery';

test('from nobody’s machine to a key, and the key away again', async () => {
  expect((await host('status')).stdout).toContain('no owner yet');
  expect((await host('wizard url')).stdout).toBe('http://127.0.0.1:8831/setup/\n');
  expect((await host('key list')).stderr).toContain('(node_unclaimed)');
  const claimed = await host('claim --owner Anna --password-stdin --mint --quiet', PASSWORD);
  expect(claimed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(claimed.stdout.trim().length).toBeGreaterThan(8);
  expect(JSON.parse((await host('status --json')).stdout)).toMatchObject({ state: 'claimed', owner: 'Anna' });

  const made = await host('key create --name laptop --tokens-per-day 2M --expires-in 30d --json');
  const { secret, key } = JSON.parse(made.stdout);
  expect(secret).toMatch(KEY_PATTERN);
  expect(key).toMatchObject({ tokens_per_day: 2_000_000, name: 'laptop' });
  expect((await host('key list')).stdout).toContain('laptop');
  const change = '--name desk --tokens-per-day none --priority first --expires-at none';
  expect(await host(`key change ${key.id.slice(0, 14)} ${change}`)).toMatchObject({ exitCode: 0 });
  expect((await host('key list')).stdout).toMatch(/desk.*first.*never +never/);
  expect(await host(`key revoke ${key.id.slice(0, 14)}`)).toMatchObject({ exitCode: 0 });
  expect((await host('key list')).stdout).toBe('');
  expect((await host('key list --all')).stdout).toContain('revoked');
  expect((await host(`key change ${key.id} --name x`)).stderr).toContain('(key_revoked)');
});

test('the link from `wizard url` is a token file; an older link is dead, and so is a used one', async () => {
  const link = async () => {
    const path = join(folder, `link-${Math.random()}`);
    await writeFile(path, (await host('wizard url --with-token --quiet')).stdout, { mode: 0o600 });
    return path;
  };
  const old = await link();
  const fresh = await link();
  const claim = (path: string) => host(`claim --owner Anna --password-stdin --token-file ${path}`, PASSWORD);
  expect((await claim(old)).stderr).toMatch(/\(claim_secret_(expired|wrong)\)\n$/);
  const code = join(folder, 'code');
  expect(
    await host(
      `claim --owner Anna --password-stdin --token-file ${fresh} --recovery-code-file ${code}`,
      PASSWORD,
    ),
  ).toMatchObject({ exitCode: 0, stdout: '' });
  expect((await readFile(code, 'utf8')).trim()).not.toBe('');
  expect(await claim(fresh)).toMatchObject({ exitCode: 1 });
  const back = await host('wizard url --with-token');
  expect(back.stdout).toMatch(/\/sign-in\/#recovery=([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/m);
  expect(back.stderr).toContain('can set a new password');
});

test('five wrong tokens from a stranger lock the page, and not the terminal of the machine itself', async () => {
  await host('wizard url --with-token');
  const guess = () =>
    machine.ask('/api/setup/claim', {
      method: 'POST',
      body: { secret: mintSecret(), owner: { name: 'Eve', password: PASSWORD } },
    });
  for (let i = 0; i < 5; i++) expect((await guess()).status).toBe(403);
  const locked = await guess();
  expect(locked.json).toMatchObject({ error: { code: 'claim_locked' } });
  expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
  expect(await host('claim --owner Anna --password-stdin --mint --quiet', PASSWORD)).toMatchObject({
    exitCode: 0,
  });
});

test('a machine without its identity still tells its state', async () => {
  await machine.close();
  machine = await startMachine({ identityFault: () => 'identity-lost' });
  expect((await host('status')).stdout).toContain('its key is lost');
  expect((await host('models')).stderr).toContain('(identity_unavailable)');
});
