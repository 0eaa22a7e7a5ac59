import { chmod, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from './files.ts';

test('a folder is made for one user, and one that everybody may write to is refused', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'b3iq-files-'));
  const folder = join(parent, 'a', 'b');
  await makePrivateFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await chmod(folder, 0o777);
  await expect(makePrivateFolder(folder)).rejects.toMatchObject({
    code: 'config_invalid',
    detail: expect.stringContaining('chmod 700'),
  });
  expect((await stat(folder)).mode & 0o777).toBe(0o777);
});

test('a folder that a group may pass through is taken as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-files-'));
  await chmod(folder, 0o710);
  await makePrivateFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o710);
});

test('a folder that cannot be made is named', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'b3iq-files-')), 'file');
  await writeFile(file, '');
  await expect(makePrivateFolder(join(file, 'state'))).rejects.toMatchObject({
    code: 'config_invalid',
    detail: expect.stringContaining('ENOTDIR'),
  });
});
