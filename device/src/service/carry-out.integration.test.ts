import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { install, isRunning, lookAt, uninstall } from './carry-out.ts';
import { FakeComputer, fakeFacts } from './fake.ts';
import { encoded } from './mark.ts';
import { planService } from './plan.ts';
import type { Manager, ServiceFacts, ServicePlan } from './types.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'b3iq-service-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

function rig(given: Partial<ServiceFacts> = {}, manager: Manager = 'systemd') {
  const facts = fakeFacts(manager, { home, userUnitDir: join(home, 'a folder/user'), ...given });
  const plan = planService(facts);
  if (plan.kind === 'refused') throw new Error(plan.reason);
  const computer = new FakeComputer(facts);
  const said: string[] = [];
  return {
    plan,
    computer,
    said,
    install: (what: ServicePlan = plan) => install(what, computer, async (text) => void said.push(text)),
    uninstall: () => uninstall(plan, computer, async (text) => void said.push(text)),
  };
}

test('install writes the file and starts it; twice is the same as once, without a restart', async () => {
  const { plan, computer, said, ...service } = rig();
  expect(await service.install()).toEqual({ kind: 'installed' });
  expect(await readFile(plan.file.path)).toEqual(encoded(plan.file));
  expect((await stat(plan.file.path)).mode & 0o777).toBe(0o644);
  const systemctl = 'systemctl --user --no-ask-password';
  const started = [`${systemctl} daemon-reload`, `${systemctl} enable b3iq-host.service`];
  expect(computer.ran).toEqual([...started, `${systemctl} restart b3iq-host.service`]);
  expect(said[0]).toBe(`Writing ${plan.file.path}`);
  computer.ran.length = 0;
  expect(await service.install()).toEqual({ kind: 'unchanged' });
  expect(computer.ran).toEqual([...started, `${systemctl} start b3iq-host.service`]);
});

test('a file of an older version is brought up to date and its service started again', async () => {
  await rig({ nodePath: '/usr/bin/node' }).install();
  const { plan, computer, ...service } = rig();
  expect(await lookAt(plan)).toBe('ours');
  expect(await service.install()).toEqual({ kind: 'renewed' });
  expect(computer.ran.at(-1)).toContain('restart');
  expect(await lookAt(plan)).toBe('current');
});

test('uninstall takes back what install made and leaves the state', async () => {
  const state = join(home, 'state');
  await mkdir(state);
  await writeFile(join(state, 'identity.json'), 'precious');
  const { plan, computer, ...service } = rig({ stateDir: state });
  await service.install();
  computer.ran.length = 0;
  expect(await service.uninstall()).toEqual({ kind: 'removed' });
  expect(computer.ran).toEqual([
    'systemctl --user --no-ask-password disable --now b3iq-host.service',
    'systemctl --user --no-ask-password daemon-reload',
  ]);
  expect(await lookAt(plan)).toBe('absent');
  expect(await readFile(join(state, 'identity.json'), 'utf8')).toBe('precious');
  computer.ran.length = 0;
  expect(await service.uninstall()).toEqual({ kind: 'absent' });
  expect(computer.ran).toEqual([]);
});

describe('a file that a person changed', () => {
  test('is neither replaced nor started', async () => {
    const { plan, computer, ...service } = rig();
    await mkdir(join(home, 'a folder/user'), { recursive: true });
    await writeFile(plan.file.path, '[Service]\nExecStart=/bin/true\n');
    expect(await service.install()).toEqual({ kind: 'kept' });
    expect(computer.ran).toEqual([]);
    expect(await readFile(plan.file.path, 'utf8')).toBe('[Service]\nExecStart=/bin/true\n');
  });
  test('is stopped by uninstall and stays', async () => {
    const { plan, computer, ...service } = rig();
    await service.install();
    const changed = `${await readFile(plan.file.path, 'utf8')}# mine\n`;
    await writeFile(plan.file.path, changed);
    computer.ran.length = 0;
    expect(await service.uninstall()).toEqual({ kind: 'kept' });
    expect(computer.ran).toEqual(['systemctl --user --no-ask-password disable --now b3iq-host.service']);
    expect(await readFile(plan.file.path, 'utf8')).toBe(changed);
  });
});

describe('a step that fails', () => {
  test('is named with what its program said, and the next try goes on from there', async () => {
    const { computer, ...service } = rig();
    computer.gives.set('enable', { status: 1, output: 'Something\nFailed to connect to bus.\n' });
    await expect(service.install()).rejects.toMatchObject({
      code: 'service_step_failed',
      detail:
        '`systemctl --user --no-ask-password enable b3iq-host.service` ended with status 1. It said: Failed to connect to bus. Run the same again once that is mended.',
    });
    computer.gives.clear();
    expect(await service.install()).toEqual({ kind: 'unchanged' });
  });
  test('says so when the program is not there', async () => {
    const { computer, ...service } = rig();
    computer.gives.set('daemon-reload', { status: undefined, output: '' });
    await expect(service.install()).rejects.toMatchObject({
      detail: expect.stringContaining('could not be run'),
    });
  });
  test('is passed over where it only says that there was nothing to do', async () => {
    const { computer, ...service } = rig({}, 'launchd');
    computer.gives.set('bootout', { status: 3, output: 'No such process' });
    expect(await service.install()).toEqual({ kind: 'installed' });
    expect(computer.ran.map((line) => line.split(' ')[1])).toEqual(['bootout', 'enable', 'bootstrap']);
  });
  test('a place that cannot be written to is told by its path', async () => {
    await writeFile(join(home, 'a folder'), 'in the way');
    await expect(rig().install()).rejects.toMatchObject({
      code: 'service_step_failed',
      detail: expect.stringContaining('b3iq-host.service cannot be written'),
    });
  });
  test('a file that is a folder is told', async () => {
    const { plan, ...service } = rig();
    await mkdir(plan.file.path, { recursive: true });
    await expect(service.install()).rejects.toMatchObject({ detail: expect.stringContaining('EISDIR') });
    await chmod(plan.file.path, 0o700);
  });
});

test('it runs when its manager says so, and where the exit status says too little, in words', async () => {
  const systemd = rig();
  expect(await isRunning(systemd.plan, systemd.computer)).toBe(true);
  systemd.computer.gives.set('is-active', { status: 3, output: '' });
  expect(await isRunning(systemd.plan, systemd.computer)).toBe(false);
  const mac = rig({}, 'launchd');
  mac.computer.gives.set('print', { status: 0, output: 'state = not running' });
  expect(await isRunning(mac.plan, mac.computer)).toBe(false);
  mac.computer.gives.set('print', { status: 0, output: '\tstate = running\n' });
  expect(await isRunning(mac.plan, mac.computer)).toBe(true);
});
