import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeKey } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const SECRET = `b3iq_local_${'S'.repeat(49)}`;

describe('keys', () => {
  test('a made key is alone on stdout, so that a script can take it', async () => {
    cli.agent.on('POST /api/keys', { status: 201, json: { key: fakeKey, secret: SECRET } });
    const ran = await cli.host(
      'key create --name laptop --tokens-per-day 2M --expires-at 2999-01-31 --quiet',
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: `${SECRET}\n`, stderr: '' });
    expect(JSON.parse(cli.agent.heard[0]?.body ?? '')).toEqual({
      name: 'laptop',
      scopes: ['inference'],
      models: null,
      requests_per_minute: null,
      tokens_per_day: 2_000_000,
      concurrency: null,
      priority: 'normal',
      expires_at: '2999-01-31T00:00:00.000Z',
    });
    const data = JSON.parse((await cli.host('key create --name laptop --json')).stdout);
    expect(data).toMatchObject({ secret: SECRET, key: { id: fakeKey.id } });
  });

  test('a key in a file is nowhere else', async () => {
    cli.agent.on('POST /api/keys', { status: 201, json: { key: fakeKey, secret: SECRET } });
    const ran = await cli.host(`key create --name laptop --secret-file ${join(cli.folder, 'key')} --json`);
    expect(JSON.parse(ran.stdout)).toMatchObject({ secret_file: join(cli.folder, 'key') });
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
    expect(await readFile(join(cli.folder, 'key'), 'utf8')).toBe(`${SECRET}\n`);
    expect((await stat(join(cli.folder, 'key'))).mode & 0o777).toBe(0o600);
  });

  test.each(['2020-01-01', '2026-02-30', 'tomorrow', '2027-01-31T25:00:00Z', '1'])(
    'an expiry of %s is refused before anything is asked',
    async (when) => {
      expect((await cli.host(`key create --name x --expires-at ${when}`)).exitCode).toBe(2);
      expect(cli.agent.heard).toEqual([]);
    },
  );

  test('the list shows live keys, --all every one; hostile names stay on their line', async () => {
    const keys = [
      { ...fakeKey, name: 'evil\u001b[2J\nname' },
      { ...fakeKey, id: 'key_zzzz56789abcdef0', name: 'old', revoked_at: '2026-01-01T00:00:00Z' },
    ];
    cli.agent.on('GET /api/keys', { json: { keys } });
    const shown = await cli.host('key list');
    expect(shown.stdout.split('\n')).toHaveLength(3);
    expect(shown.stdout).toContain('evil[2J name');
    expect(shown.stdout).toContain('60/min, 2,000,000 tokens/day');
    expect(shown.stderr).toContain('1 revoked or expired');
    expect((await cli.host('key list --all')).stdout).toContain('revoked 2026-01-01');
    expect(JSON.parse((await cli.host('key list --json')).stdout).keys).toHaveLength(2);
  });

  test('a change sends what was named and nothing else', async () => {
    cli.agent.on('GET /api/keys', { json: { keys: [fakeKey] } });
    cli.agent.on(`PATCH /api/keys/${fakeKey.id}`, { json: { ...fakeKey, name: 'desk' } });
    const ran = await cli.host(
      'key change key_0123 --name desk --tokens-per-day none --priority first --expires-at none',
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    expect(ran.stderr).toContain('“desk” is changed');
    expect(JSON.parse(cli.agent.heard.at(-1)?.body ?? '')).toEqual({
      name: 'desk',
      tokens_per_day: null,
      priority: 'first',
      expires_at: null,
    });
    expect(JSON.parse((await cli.host('key change key_0123 --name x --json')).stdout).name).toBe('desk');
    const asked = cli.agent.heard.length;
    expect((await cli.host(`key change key_0123 --name ${'x'.repeat(65)}`)).exitCode).toBe(2);
    expect((await cli.host('key change key_0123 --expires-at 2020-01-01')).exitCode).toBe(2);
    expect(cli.agent.heard).toHaveLength(asked);
    expect((await cli.host('key change key_9999 --name x')).stderr).toContain('No key has that id');
    expect(cli.agent.heard.at(-1)?.method).toBe('GET');
  });

  test('revoking takes the beginning of an id when one key has it', async () => {
    const other = { ...fakeKey, id: 'key_0123zzzzzzzzzzzz' };
    cli.agent.on('GET /api/keys', { json: { keys: [fakeKey, other] } });
    cli.agent.on(`DELETE /api/keys/${fakeKey.id}`, {
      json: { ...fakeKey, revoked_at: '2026-01-01T00:00:00Z' },
    });
    expect((await cli.host('key revoke key_0123')).stderr).toContain('2 keys begin with that id');
    expect(await cli.host('key revoke key_')).toMatchObject({ exitCode: 1 });
    expect(cli.agent.heard.some(({ method }) => method === 'DELETE')).toBe(false);
    expect(await cli.host('key revoke key_01234')).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
