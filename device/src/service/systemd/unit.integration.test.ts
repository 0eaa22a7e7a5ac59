/** The units as systemd itself reads them, and the agent that runs from one. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownFile } from '../../os/own-files.ts';
import { waitFor } from '../../os/wait-for.ts';
import { fakeFacts } from '../fake.ts';
import { startPrivateManager } from '../fixtures/private-manager.ts';
import { marked } from '../mark.ts';
import { planService } from '../plan.ts';
import { thisComputer } from '../this-computer.ts';
import type { ServiceFacts } from '../types.ts';

/** Everything that a path may hold and that means something in a unit, the program's own path aside. */
const ODD_PROGRAM = 'a b%c %h $HOME $x é 日本 ;#';
const ODD = `${ODD_PROGRAM} "d' \\e`;

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'b3iq-unit-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function unitOf(given: Partial<ServiceFacts>): string {
  const plan = planService(fakeFacts('systemd', given));
  if (plan.kind === 'refused') throw new Error(plan.reason);
  return marked(plan.file);
}

/** The user unit of this checkout on this Node. */
const ownUnit = (stateDir: string): string =>
  unitOf({ nodePath: process.execPath, programPath: ownFile('program'), stateDir });

async function verify(text: string, ...options: string[]) {
  const path = join(folder, 'b3iq-host.service');
  await writeFile(path, text);
  return await execa('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', ...options, path], {
    env: { XDG_RUNTIME_DIR: folder, LC_ALL: 'C.UTF-8' },
    reject: false,
    all: true,
  });
}

test('systemd finds nothing to say about the user unit, whatever is in its paths', async () => {
  // It also looks whether the program is there: only the right path is.
  const nodePath = join(folder, ODD_PROGRAM, 'node');
  await mkdir(join(folder, ODD_PROGRAM));
  await symlink(process.execPath, nodePath);
  const given = { nodePath, programPath: `/opt/${ODD}/b3iq-host.mjs`, stateDir: `/data/${ODD}` };
  expect(await verify(unitOf(given), '--user')).toMatchObject({ exitCode: 0, all: '' });
  // The check is one: another path is not there.
  await rm(nodePath);
  expect(await verify(unitOf(given), '--user')).toMatchObject({
    all: expect.stringContaining('not executable'),
  });
});

test('systemd finds nothing to say about the system unit, and calls its sandbox a good one', async () => {
  const text = unitOf({ scope: 'system', nodePath: '/bin/sh' });
  expect(await verify(text)).toMatchObject({ exitCode: 0, all: '' });
  const path = join(folder, 'b3iq-host.service');
  const judged = await execa('systemd-analyze', ['security', '--offline=true', '--threshold=25', path], {
    reject: false,
  });
  expect(judged.stdout).toMatch(/Overall exposure level for b3iq-host\.service: [012]\.\d/);
  expect(judged.exitCode).toBe(0);
});

test('what the unit starts answers, and writes a log that holds no setup link', async () => {
  const log = await runAsItStands(await newState(folder));
  expect(log).not.toMatch(/token|setup\//);
  for (const line of log.split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
}, 120_000);

test('`service install` brings the agent up under a systemd, and `uninstall` takes it away again', async () => {
  const home = join(folder, 'h');
  const state = await newState(home);
  const host = [process.execPath, ownFile('program'), '--state-dir', state];
  const unit = join(home, '.config/systemd/user/b3iq-host.service');
  const manager = await startPrivateManager(home);
  // Without root there is no such manager; the rest of what it would show is in the test before.
  if (manager === undefined) return expect(await runAsItStands(state)).not.toBe('');
  try {
    const first = await manager.run([...host, 'service', 'install']);
    expect(first, first.all).toMatchObject({
      exitCode: 0,
      stdout: 'B3IQ Host is installed as a service and runs.',
    });
    expect(first.stderr).toContain('loginctl enable-linger');
    const show = async (name: string) =>
      (await manager.run(['systemctl', '--user', 'show', '--value', '--property', name, 'b3iq-host'])).stdout;
    const pid = await show('MainPID');
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    expect(words.slice(2, -1)).toEqual([ownFile('program'), 'run', '--as-service', '--state-dir', state]);
    expect(await show('UnitFileState')).toBe('enabled');

    const status = await manager.run([...host, 'service', 'status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ file_state: 'current', running: true, answers: true });
    const again = await manager.run([...host, 'service', 'install']);
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing had to be changed'),
    });
    expect(await show('MainPID')).toBe(pid);

    // A fault: it comes back by itself.
    process.kill(Number(pid), 'SIGKILL');
    await waitFor(async () => !['0', pid].includes(await show('MainPID')), {
      timeoutMs: 45_000,
      what: 'another process in its place',
      everyMs: 200,
    });

    const gone = await manager.run([...host, 'service', 'uninstall']);
    expect(gone).toMatchObject({ exitCode: 0, stdout: 'The service is removed.' });
    expect(existsSync(unit)).toBe(false);
    expect(await show('ActiveState')).toBe('inactive');
    expect(existsSync(join(state, 'identity.json'))).toBe(true);
  } finally {
    await manager.stop();
  }
}, 180_000);

/** Parts of the system unit that a person's manager has not, or that need a mount namespace, which a container may forbid. */
const OF_THE_SYSTEM_ALONE =
  /^(?:DynamicUser|State\w+|SupplementaryGroups|Protect\w+|Private\w+|Device\w+)=.*\n/gm;

test('without a capability and behind the system unit’s filters the agent answers and its engine gets ready', async () => {
  const home = join(folder, 'h');
  const state = await newState(home);
  const manager = await startPrivateManager(home);
  if (manager === undefined) return expect(await runAsItStands(state)).not.toBe('');
  try {
    const started = /^ExecStart=.*$/m.exec(ownUnit(state))?.[0] ?? '';
    const unit = unitOf({ scope: 'system' })
      .replace(/^ExecStart=.*$/m, () => started)
      .replaceAll(OF_THE_SYSTEM_ALONE, '');
    await mkdir(join(home, '.config/systemd/user'), { recursive: true });
    await writeFile(join(home, '.config/systemd/user/b3iq-host.service'), unit);
    const systemctl = (...words: readonly string[]) => manager.run(['systemctl', '--user', ...words]);
    expect(await systemctl('start', 'b3iq-host')).toMatchObject({ exitCode: 0 });
    const models = [process.execPath, ownFile('program'), '--state-dir', state, 'models', '--json'];
    await waitFor(async () => /"state": "ready"/.test((await manager.run(models)).stdout), {
      timeoutMs: 120_000,
      what: 'the self-test model',
      everyMs: 500,
    });
    const { stdout: pid } = await systemctl('show', '--value', '--property', 'MainPID', 'b3iq-host');
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
  } finally {
    await manager.stop();
  }
}, 180_000);

/** The unit's own command line, read as systemd.service(5) says, run as it stands until the agent answers. @returns its log */
async function runAsItStands(state: string): Promise<string> {
  const line = /^ExecStart=(.*)$/m.exec(ownUnit(state))?.[1] ?? '';
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
    (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain).replaceAll('$$', '$').replaceAll('%%', '%'),
  );
  const [program = '', ...rest] = words;
  const agent = execa(program, rest, { env: { PATH: '/usr/bin:/bin' }, extendEnv: false, all: true });
  const answers = await thisComputer({}).answers(state, 60_000);
  agent.kill('SIGTERM');
  const { all } = await agent;
  expect(answers, all).toBe(true);
  return all;
}

/** A state folder for one agent, with everything in its path that means something to systemd and that a socket's path may hold. */
async function newState(home: string): Promise<string> {
  const state = join(home, 'st é %n $x');
  await mkdir(state, { recursive: true, mode: 0o700 });
  await writeFile(join(state, 'config.json'), '{"listen_port":0,"announce":false}');
  return state;
}
