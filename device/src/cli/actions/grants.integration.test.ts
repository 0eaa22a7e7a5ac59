import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const grant = {
  id: 'grant_01JD7QABCDEFGHJKMNPQ7F3KQ2',
  name: 'Grace, support',
  hint: 'b3iq_support_Ab3d…',
  state: 'live',
  created_at: '2026-11-22T11:00:00Z',
  expires_at: '2026-11-23T12:00:00Z',
  revoked_at: null,
  last_used_at: null,
};
const token = `b3iq_support_${'a'.repeat(49)}`;

test('a grant’s token is alone on stdout, or in a file', async () => {
  cli.agent.on('POST /api/support/grants', {
    status: 201,
    json: { grant, token, document: { payload: 'x' } },
  });
  const made = await cli.start(['grant', 'create', '--name', grant.name, '--expires-in', '4h']);
  expect(made).toMatchObject({ exitCode: 0, stdout: `${token}\n` });
  expect(made.stderr).toContain('“Grace, support” may look at diagnostics. This ends in 24 h;');
  expect(JSON.parse(cli.agent.heard[0]?.body ?? '')).toEqual({ name: grant.name, expires_in_s: 14_400 });
  const path = join(cli.folder, 'token');
  expect(await cli.host(`grant create --name Grace --secret-file ${path}`)).toMatchObject({ stdout: '' });
  expect(await readFile(path, 'utf8')).toBe(`${token}\n`);
  expect(JSON.parse((await cli.host('grant create --name Grace --json')).stdout)).toMatchObject({
    token,
    grant,
  });
  for (const wrong of ['--expires-in 1m', '--expires-in 8d', '--expires-in soon'])
    expect(await cli.host(`grant create --name Grace ${wrong}`)).toMatchObject({ exitCode: 2, stdout: '' });
});

test('grants are listed and ended by the end of their id', async () => {
  const other = {
    ...grant,
    id: 'grant_01JD7QABCDEFGHJKMNPQ7F3KQ3',
    state: 'expired',
    last_used_at: '2026-11-22T11:57:00Z',
  };
  cli.agent.on('GET /api/support/grants', { json: { grants: [grant, other] } });
  cli.agent.on(`DELETE /api/support/grants/${grant.id}`, { json: { ...grant, state: 'revoked' } });
  const list = await cli.host('grant list');
  expect(list.stdout).toMatch(
    /\ngrant_…7F3KQ2 {2}Grace, support {2}b3iq_support_Ab3d… {2}live +in 24 h +never\n/,
  );
  expect(list.stdout).toContain('3 min ago');
  expect(await cli.host('grant revoke 7F3KQ2')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(cli.agent.heard.at(-1)).toMatchObject({ method: 'DELETE', path: `/api/support/grants/${grant.id}` });
  expect(await cli.host('grant revoke grant_…7F3KQ2')).toMatchObject({ exitCode: 0 });
  expect(await cli.host('grant revoke 3KQ9')).toMatchObject({ exitCode: 1 });
  expect(await cli.host('grant revoke Q2')).toMatchObject({ exitCode: 1 });
  cli.agent.on('GET /api/support/grants', {
    json: { grants: [grant, { ...other, id: 'grant_11JD7QABCDEFGHJKMNPQ7F3KQ2' }] },
  });
  expect(await cli.host('grant revoke 7F3KQ2')).toMatchObject({ exitCode: 2 });
  cli.agent.on('GET /api/support/grants', { json: { grants: [] } });
  expect((await cli.host('grant list')).stderr).toContain('Nobody was let look.');
});
