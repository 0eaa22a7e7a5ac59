import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();

describe('claim', () => {
  const answer = { owner: { name: 'Anna' }, recovery_code: 'RECO-VERY-CODE' };
  const password = 'correct horse battery';

  test('sends password and token, prints the recovery code alone', async () => {
    cli.agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const token = await cli.file('token', 'http://127.0.0.1:1/setup/#token=tok\n');
    const ran = await cli.host(`claim --owner Anna --password-stdin --token-file ${token}`, {
      input: `${password}\n`,
    });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'RECO-VERY-CODE\n' });
    expect(ran.stderr).toContain('shown once');
    expect(JSON.parse(cli.agent.heard[0]?.body ?? '')).toEqual({
      secret: 'tok',
      owner: { name: 'Anna', password },
    });
  });

  test('strips one newline from the password and no more', async () => {
    cli.agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const env = { B3IQ_SETUP_TOKEN: 'tok' };
    await cli.host('claim --owner Anna --password-stdin', { input: ` ${password} \n\n`, env });
    expect(JSON.parse(cli.agent.heard[0]?.body ?? '').owner.password).toBe(` ${password} \n`);
  });

  test('mints a token only once everything else is right, and keeps the code in a file', async () => {
    cli.agent.on('POST /api/setup/token', { json: { token: 'minted', url: 'http://x', expires_in_s: 60 } });
    cli.agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const short = await cli.host('claim --owner Anna --password-stdin --mint', { input: 'short' });
    expect(short.exitCode).toBe(2);
    expect(short.stderr).toContain('10 to 256 characters');
    expect(cli.agent.heard).toEqual([]);
    const ran = await cli.host(
      `claim --owner Anna --password-stdin --mint --recovery-code-file ${join(cli.folder, 'code')}`,
      {
        input: password,
      },
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    expect(cli.agent.heard.map(({ path }) => path)).toEqual(['/api/setup/token', '/api/setup/claim']);
    expect(await readFile(join(cli.folder, 'code'), 'utf8')).toBe('RECO-VERY-CODE\n');
    expect((await stat(join(cli.folder, 'code'))).mode & 0o777).toBe(0o600);
  });

  test('a file that exists is not replaced, and nothing is asked of the agent', async () => {
    const path = await cli.file('code', 'old');
    const ran = await cli.host(`claim --owner Anna --password-stdin --mint --recovery-code-file ${path}`, {
      input: password,
    });
    expect(ran.exitCode).toBe(2);
    expect(cli.agent.heard).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test('a refusal leaves no empty file behind and tells the code', async () => {
    cli.agent.on('POST /api/setup/claim', refuse(403, 'claim_secret_wrong', 'That setup code is not right.'));
    const ran = await cli.host(
      `claim --owner Anna --password-stdin --recovery-code-file ${join(cli.folder, 'code')}`,
      {
        input: password,
        env: { B3IQ_SETUP_TOKEN: 'wrong' },
      },
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^That setup code is not right\. .+ \(claim_secret_wrong\)\n$/);
    await expect(stat(join(cli.folder, 'code'))).rejects.toThrow('ENOENT');
  });

  test('a secret others can read is warned of', async () => {
    cli.agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const loose = await cli.file('loose', 'tok', 0o644);
    const ran = await cli.host(`claim --owner Anna --password-stdin --token-file ${loose} --quiet`, {
      input: password,
    });
    expect(ran.stderr).toBe(
      `Other users of this computer can read ${loose}. Make it yours alone: \`chmod 600 ${loose}\`.\n`,
    );
  });

  test.each([
    ['an endless password', Buffer.alloc(1 << 20, 'x'), 'longer than 4,096 bytes'],
    ['a password that is not UTF-8', Buffer.from([0xff, 0xfe, 0xfd]), 'not UTF-8'],
    ['no password', '', 'is empty'],
    ['only a newline', '\n', 'is empty'],
  ])('%s is refused', async (_what, input, said) => {
    const ran = await cli.host('claim --owner Anna --password-stdin --mint', { input });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(said);
    expect(cli.agent.heard).toEqual([]);
  });

  test('a missing token file is named', async () => {
    const ran = await cli.host('claim --owner Anna --password-stdin --token-file nowhere', {
      input: password,
    });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('nowhere (ENOENT)');
  });
});
