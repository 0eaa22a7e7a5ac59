import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const contents = { files: [{ path: 'versions.json', holds: 'Versions.' }], never: ['Prompts', 'Keys'] };

test('a bundle is told before it is made, and made only when a file is named', async () => {
  cli.agent.on('GET /api/support/contents', { json: contents });
  const told = await cli.host('support bundle');
  expect(told).toMatchObject({ exitCode: 0, stdout: 'versions.json  Versions.\n' });
  expect(told.stderr).toContain('Never in it: Prompts · Keys.');
  expect(told.stderr).toContain('Nothing was made.');
  expect(cli.agent.heard.map(({ path }) => path)).toEqual(['/api/support/contents']);
  expect(JSON.parse((await cli.host('support bundle --json')).stdout)).toEqual(contents);
});

test('a bundle is written as it came, for its owner alone, and replaces nothing', async () => {
  const bytes = Buffer.from([0x1f, 0x8b, 0, 255, 10]);
  cli.agent.on('GET /api/support/bundle', (response) => void response.end(bytes));
  const path = join(cli.folder, 'support.tar.gz');
  expect(await cli.host(`support bundle --out ${path}`)).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await readFile(path)).toEqual(bytes);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await cli.host(`support bundle --out ${path}`)).toMatchObject({ exitCode: 2 });
  cli.agent.on('GET /api/support/bundle', refuse(401, 'unauthorized', 'No.'));
  const other = join(cli.folder, 'other.tar.gz');
  expect(await cli.host(`support bundle --out ${other}`)).toMatchObject({ exitCode: 1 });
  await expect(stat(other)).rejects.toMatchObject({ code: 'ENOENT' });
});
