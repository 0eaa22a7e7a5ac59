/** The real `bin/b3iq-host.mjs` as a process: what only a process shows. The commands: `actions/`. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { chunk, type FakeAgent, fakeKey, json, startFakeAgent } from './fakes/agent.ts';

const BIN = fileURLToPath(new URL('../../bin/b3iq-host.mjs', import.meta.url));
const SECRET = `b3iq_local_${'S'.repeat(49)}`;

let agent: FakeAgent;
let folder: string;
beforeEach(async () => {
  agent = await startFakeAgent();
  folder = await mkdtemp(join(tmpdir(), 'b3iq-cli-bin-'));
});
afterEach(async () => {
  await agent.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
  execa(process.execPath, [BIN, ...args], {
    input,
    env: { B3IQ_STATE_DIR: agent.stateDir, ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });

test('the exit status says how it went', async () => {
  expect(await start(['status', '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await start(['key', 'revoke', 'key_unknown'])).toMatchObject({ exitCode: 1, stdout: '' });
  expect(await start(['nonsense'])).toMatchObject({ exitCode: 2, stdout: '' });
  const gone = await start(['status', '--json', '--state-dir', folder]);
  expect(gone).toMatchObject({ exitCode: 3, stdout: '' });
  expect(JSON.parse(gone.stderr).error).toMatchObject({ status: 503, code: 'agent_unreachable' });
});

test('no secret is on any command line, and a typed one is refused without repeating it', async () => {
  const password = 'correct horse battery';
  const answer = { owner: { name: 'Anna' }, recovery_code: 'RECO-VERY-CODE' };
  const gate = Promise.withResolvers<void>();
  agent.on('POST /api/setup/claim', async (response) => {
    await gate.promise;
    await json(201, answer)(response, '');
  });
  const child = start(['claim', '--owner', 'Anna', '--password-stdin'], password, {
    B3IQ_SETUP_TOKEN: 'planted-token',
  });
  await waitFor(() => agent.heard.length > 0, { timeoutMs: 20_000, what: 'the claim to arrive' });
  const line = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
  expect(line).toContain('--password-stdin');
  expect(line).not.toContain(password);
  expect(line).not.toContain('planted-token');
  gate.resolve();
  expect((await child).exitCode).toBe(0);
  const typed = await start(['claim', '--owner', 'Anna', '--password', 'hunter2secret', '--mint']);
  expect(typed.exitCode).toBe(2);
  expect(typed.stderr).not.toContain('hunter2secret');
});

test('a key nobody could read is a failure that says what to do', async () => {
  agent.on('POST /api/keys', { status: 201, json: { key: fakeKey, secret: SECRET } });
  const line = `exec 3>&2; { "${process.execPath}" "${BIN}" key create --name x 2>&3; echo "exit $?" >&2; } | true`;
  const { stderr } = await execa('bash', ['-c', line], {
    env: { B3IQ_STATE_DIR: agent.stateDir },
    extendEnv: true,
  });
  expect(stderr).toContain(`key revoke ${fakeKey.id}`);
  expect(stderr).toContain('exit 1');
  expect(stderr).not.toContain(SECRET);
});

test('Ctrl-C ends the answer at the agent too', async () => {
  let left: Promise<unknown> = Promise.resolve();
  agent.on('POST /api/playground/chat', (response) => {
    left = new Promise((resolve) => response.on('close', resolve));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('begun'));
  });
  const child = start(['chat', 'hi']);
  let seen = '';
  child.stdout.on('data', (data) => {
    seen += data;
  });
  await waitFor(() => seen.includes('begun'), { timeoutMs: 20_000, what: 'the first words' });
  child.kill('SIGINT');
  expect((await child).exitCode).toBe(130);
  await left;
});

test('bash can complete', async () => {
  const { stdout: script } = await start(['completion', 'bash']);
  const typed = 'COMP_WORDS=(b3iq-host key cr); COMP_CWORD=2; _b3iq_host b3iq-host cr key; echo "$COMPREPLY"';
  const { stdout } = await execa('bash', ['-c', `${script}\n${typed}`]);
  expect(stdout).toBe('create');
});

test('a reader that leaves is no error', async () => {
  const line = `"${process.execPath}" "${BIN}" help | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await execa('bash', ['-c', line]);
  expect([stdout, stderr]).toEqual(['0', '']);
});

describe('Node', () => {
  const asOld = (bin: string, env: Record<string, string> = {}) => {
    const old = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
    return execa(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(old)}`, bin, 'version'],
      {
        env,
        extendEnv: false,
        reject: false,
      },
    );
  };
  test('that is too old hands over to the one installed beside the package', async () => {
    expect(await asOld(BIN)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^b3iq-host \d/) });
  });
  test('that is too old with none beside it says what is needed', async () => {
    const lonely = join(folder, 'b3iq-host.mjs');
    await copyFile(BIN, lonely);
    const ran = await asOld(lonely);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('Node 20.1.0 is too old');
    expect((await asOld(BIN, { B3IQ_HOST_STARTED_BY: '1' })).exitCode).toBe(1);
  });
});
