import { describe, expect, test } from 'vitest';
import { fakeStatus } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';
import { fakeIo } from '../fakes/io.ts';
import { runCli } from '../main.ts';
import { openWorkshop } from '../workshop.ts';

const cli = commandLine();

describe('looking', () => {
  test('status is a page for people and JSON for programs', async () => {
    const shown = await cli.host('status');
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain('B3IQ-N7K4\n');
    expect(shown.stdout).toContain('100 tokens/s');
    expect(shown.stdout).toContain('1,204');
    expect(shown.stdout).toContain('Disk: 1 GB free. Free some space.');
    expect(shown.stdout).toContain('2 open: see Health');
    expect(shown.stdout).not.toContain('Counts');
    expect(shown.stdout).not.toContain('\u001b');
    const { stdout } = await cli.host('status --json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'B3IQ-N7K4', kind: 'host' });
  });

  test('models are listed and a self-test is called one', async () => {
    const { stdout } = await cli.host('models');
    expect(stdout).toMatch(
      /^MODEL +STATE +CONTEXT +SIZE +CAN +NOTE\nb3iq-selftest +ready +2,048 +2\.2 MiB .*self-test\n$/,
    );
  });

  test('the version is told with and without an agent', async () => {
    expect((await cli.host('version')).stdout).toMatch(/^b3iq-host \d+\.\d+\.\d+\n$/);
    cli.agent.on('GET /health', { json: { status: 'ok', version: '9.9.9', state: 'claimed' } });
    expect((await cli.host('version')).stderr).toContain('9.9.9');
    const { stdout } = await cli.host(`version --json --state-dir ${cli.folder}`);
    expect(JSON.parse(stdout)).toMatchObject({ agent: null, node: process.versions.node });
  });

  test('the setup page is printed alone; with a token, the words about it go to stderr', async () => {
    expect((await cli.host('wizard url')).stdout).toBe(`${cli.agent.origin}/setup/\n`);
    const url = `${cli.agent.origin}/setup/#token=abc`;
    cli.agent.on('GET /api/status', { json: { ...fakeStatus, state: 'unclaimed', owner: null } });
    cli.agent.on('POST /api/setup/token', { json: { token: 'abc', url, expires_in_s: 3600 } });
    const shown = await cli.host('wizard url --with-token');
    expect(shown.stdout).toBe(`${url}\n`);
    expect(shown.stderr).toContain('1 h');
    expect((await cli.host('wizard url --with-token --quiet')).stderr).toBe('');
  });

  test('on a machine with an owner the link sets a new password, and the setup token is left alone', async () => {
    const url = `${cli.agent.origin}/sign-in/#recovery=abc`;
    cli.agent.on('POST /api/session/recovery-link', { json: { url } });
    const shown = await cli.host('wizard url --with-token');
    expect(shown.stdout).toBe(`${url}\n`);
    expect(shown.stderr).toContain('can set a new password');
  });
});

test('run hands the state folder and the port to the agent, and its exit status back', async () => {
  const asked: unknown[] = [];
  const workshop = {
    ...openWorkshop(),
    run: async (...given: unknown[]) => {
      asked.push(...given);
      return 7;
    },
  };
  const io = fakeIo({ input: '', env: { B3IQ_STATE_DIR: '/elsewhere', LANG: 'C' } });
  expect(await runCli(['run', '--port', '9000', '--state-dir', cli.folder], io, workshop)).toBe(7);
  expect(asked).toEqual([{ B3IQ_STATE_DIR: cli.folder, LANG: 'C' }, { listen_port: 9000 }, false]);
});
