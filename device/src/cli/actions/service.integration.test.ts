/** What `b3iq-host service …` says, on a computer that is none. What it does: `service/`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeComputer, fakeFacts } from '../../service/fake.ts';
import type { Manager } from '../../service/types.ts';
import { commandLine } from '../fakes/command-line.ts';
import { drained, fakeIo } from '../fakes/io.ts';
import { runCli } from '../main.ts';
import { openWorkshop } from '../workshop.ts';

const cli = commandLine();

function rig(
  manager: Manager = 'systemd',
  env: Record<string, string> = { B3IQ_STATE_DIR: cli.agent.stateDir },
) {
  const facts = fakeFacts(manager, { home: cli.folder, userUnitDir: join(cli.folder, 'units') });
  const computer = new FakeComputer(facts);
  const service = async (...words: readonly string[]) => {
    const io = fakeIo({ input: '', env });
    const exitCode = await runCli(['service', ...words], io, {
      ...openWorkshop(),
      computer: async () => computer,
    });
    return { exitCode, ...(await drained(io)) };
  };
  return { computer, service, unit: join(cli.folder, 'units/b3iq-host.service') };
}

test('install tells each step and what comes next; --json says the same in one object', async () => {
  const { service, unit } = rig();
  const first = await service('install');
  expect(first).toMatchObject({ exitCode: 0, stdout: 'B3IQ Host is installed as a service and runs.\n' });
  for (const words of [
    `Writing ${unit}`,
    'enable-linger anna',
    `${cli.agent.stateDir}/config.json`,
    'wizard url',
  ])
    expect(first.stderr).toContain(words);
  const again = await service('install', '--json');
  expect(again.stderr).toBe('');
  expect(JSON.parse(again.stdout)).toEqual({
    result: 'unchanged',
    file: unit,
    state_dir: cli.agent.stateDir,
    answers: true,
  });
});

test('a service that does not answer is a failure that says where to look', async () => {
  const { computer, service } = rig();
  computer.isAnswering = false;
  const told = await service('install');
  expect(told.exitCode).toBe(1);
  expect(told.stderr).toContain('journalctl --user --unit b3iq-host');
});

test('--dry-run prints the file and the commands, and does nothing', async () => {
  const { computer, service, unit } = rig();
  const told = await service('install', '--dry-run');
  expect(told.exitCode).toBe(0);
  expect(told.stdout).toContain('Nothing is done now');
  expect(told.stdout).toContain('systemctl --user --no-ask-password enable b3iq-host.service');
  expect(told.stdout).toContain('[Service]');
  await expect(readFile(unit)).rejects.toThrow('ENOENT');
  const data = JSON.parse((await service('uninstall', '--dry-run', '--json')).stdout);
  expect(data.before).toEqual([
    ['systemctl', '--user', '--no-ask-password', 'disable', '--now', 'b3iq-host.service'],
  ]);
  expect(computer.ran).toEqual([]);
});

test('status says whether it is installed, runs and answers', async () => {
  const { computer, service, unit } = rig();
  expect((await service('status')).stdout).toMatch(/Installed {2}no\nRuns {7}no\nAnswers {4}yes\n/);
  await service('install');
  expect(JSON.parse((await service('status', '--json')).stdout)).toMatchObject({
    file_state: 'current',
    running: true,
  });
  computer.gives.set('is-active', { status: 3, output: '' });
  await writeFile(unit, '# mine\n');
  expect((await service('status')).stdout).toMatch(
    /Installed {2}yes, and changed by hand since\n.*\nRuns {7}no\n/,
  );
});

test('uninstall says what stays; a file changed by hand is kept and said', async () => {
  const { service, unit } = rig();
  await service('install');
  const gone = await service('uninstall');
  expect(gone).toMatchObject({ exitCode: 0, stdout: 'The service is removed.\n' });
  expect(gone.stderr).toContain(`still in ${cli.agent.stateDir}`);
  expect((await service('uninstall')).stdout).toContain('no such service');
  await writeFile(unit, '# mine\n');
  for (const verb of ['install', 'uninstall']) {
    const kept = await service(verb);
    expect(kept.exitCode).toBe(1);
    expect(kept.stderr).toContain('changed by hand, so it was kept');
    expect(kept.stderr).toContain('(service_not_possible)');
  }
  expect(await readFile(unit, 'utf8')).toBe('# mine\n');
});

test('what cannot be done is told before anything is', async () => {
  const { computer, service } = rig();
  expect((await service('install', '--system')).stderr).toContain('Leave --state-dir');
  computer.managerFault = 'This computer was not started by systemd.';
  const told = await service('install');
  expect(told).toMatchObject({ exitCode: 1, stdout: '' });
  expect(told.stderr).toContain('not started by systemd');
  expect(computer.ran).toEqual([]);
});

test('a service of the whole computer, and one of another system, can be looked at by anybody', async () => {
  const { service } = rig('systemd', { HOME: cli.folder });
  const status = await service('status', '--system');
  expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('only root can tell') });
  expect((await service('install', '--system', '--dry-run')).stdout).toContain('DynamicUser=yes');
  expect((await service('uninstall', '--system')).stderr).toContain('with sudo');
  expect((await rig('launchd').service('install', '--dry-run')).stdout).toContain('<key>KeepAlive</key>');
});
