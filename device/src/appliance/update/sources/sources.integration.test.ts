import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebFolder, webFolder } from '../fixtures/web-folder.ts';
import { readAll, sourceContract } from './contract.ts';
import { folderSource } from './folder.ts';
import { httpSource } from './http.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function freshFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'b3iq-source-'));
  ends.push(() => rm(parent, { recursive: true, force: true }));
  await mkdir(join(parent, 'release'));
  return join(parent, 'release');
}
async function served(): Promise<{ readonly folder: string; readonly web: WebFolder }> {
  const folder = await freshFolder();
  const web = await webFolder(folder);
  ends.push(() => web.close());
  return { folder, web };
}
const signal = new AbortController().signal;

describe('a stick', () => {
  sourceContract(async () => {
    const folder = await freshFolder();
    return { folder, source: folderSource(folder) };
  });
  it('is not followed where it points elsewhere', async () => {
    const folder = await freshFolder();
    await symlink('/etc/passwd', join(folder, 'b3iq_2.efi'));
    await symlink('/etc/passwd', join(folder, 'update-manifest.json'));
    await expect(folderSource(folder).open('b3iq_2.efi', 0, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(await folderSource(folder).manifest(signal)).toBeUndefined();
  });
  it('that is not there has nothing', async () => {
    expect(await folderSource('/nowhere/at/all').manifest(signal)).toBeUndefined();
  });
});

describe('a web folder', () => {
  sourceContract(async () => {
    const { folder, web } = await served();
    return { folder, source: httpSource(web.url) };
  });
  it('that ignores ranges says that it begins anew', async () => {
    const { folder, web } = await served();
    web.ignoresRanges = true;
    await writeFile(join(folder, 'a.efi'), 'whole');
    const from = await httpSource(web.url).open('a.efi', 3, signal);
    expect(from.offset).toBe(0);
    expect((await readAll(from.body)).toString()).toBe('whole');
  });
  it.each([
    [500, 'no-connection'],
    [503, 'no-connection'],
    [403, 'refused'],
  ])('that answers %i is %s', async (status, kind) => {
    const { web } = await served();
    web.status = status;
    await expect(httpSource(web.url).manifest(signal)).rejects.toMatchObject({ kind });
    await expect(httpSource(web.url).open('a.efi', 0, signal)).rejects.toMatchObject({ kind });
  });
  it('that nobody serves is no connection', async () => {
    const { web } = await served();
    await web.close();
    await expect(httpSource(web.url).manifest(signal)).rejects.toMatchObject({ kind: 'no-connection' });
  });
  it('that is silent is no connection', async () => {
    const { folder, web } = await served();
    await writeFile(join(folder, 'a.efi'), Buffer.alloc(1_000));
    web.stallAfter = 10;
    const from = await httpSource(web.url, { silenceMs: 200 }).open('a.efi', 0, signal);
    await expect(readAll(from.body)).rejects.toThrow();
  });
  it('may have moved', async () => {
    const { folder, web } = await served();
    await writeFile(join(folder, 'update-manifest.json'), 'moved');
    const before = await webFolder(folder);
    ends.push(() => before.close());
    before.redirectTo = `${web.url}update-manifest.json`;
    expect(await httpSource(before.url).manifest(signal)).toBe('moved');
  });
  it.each(['ftp://example.com/a', 'file:///etc/passwd', 'http://', 'javascript:1'])(
    'is not followed to %s',
    async (redirectTo) => {
      const { web } = await served();
      web.redirectTo = redirectTo;
      await expect(httpSource(web.url).manifest(signal)).rejects.toMatchObject({ kind: 'refused' });
    },
  );
  it('is not followed in circles', async () => {
    const { web } = await served();
    web.redirectTo = `${web.url}update-manifest.json`;
    await expect(httpSource(web.url).manifest(signal)).rejects.toMatchObject({ kind: 'refused' });
    expect(web.asked).toHaveLength(6);
  });
  it('is left when it is no longer wanted', async () => {
    const { web } = await served();
    await expect(httpSource(web.url).manifest(AbortSignal.abort())).rejects.toMatchObject({
      kind: 'no-connection',
    });
  });
});
