import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { UpdateManifest } from '@b3iq/wire';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { kernelOf } from '../../device/src/appliance/update/fixtures/kernel-image.ts';
import { FolderMachine } from '../../device/src/appliance/update/fixtures/machine.ts';
import {
  hash,
  releaseKey,
  rootContent,
  treeContent,
} from '../../device/src/appliance/update/fixtures/release-folder.ts';
import { folderSource } from '../../device/src/appliance/update/sources/folder.ts';
import { readManifest, readVerifier } from '../../device/src/update/disk/keys.ts';
import { keysFile, readReleaseKey } from './keys.ts';
import { makeRelease } from './release.ts';
import { type Spoil, spoil } from './spoil.ts';

const trust = releaseKey();
const made: string[] = [];
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

/** A built version 2, as the image build leaves it; the kernel image starts nothing. */
async function built(kernel: Buffer = kernelOf(2)): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-release-'));
  made.push(dir);
  await mkdir(join(dir, 'image'));
  await writeFile(join(dir, 'image', 'b3iq_2.efi'), kernel);
  await writeFile(join(dir, 'image', 'b3iq_2.root.raw'), rootContent(2));
  await writeFile(join(dir, 'image', 'b3iq_2.root-verity.raw'), treeContent(2));
  return dir;
}
async function released(): Promise<{
  readonly dir: string;
  readonly out: string;
  readonly manifest: UpdateManifest;
}> {
  const dir = await built();
  const out = join(dir, 'release');
  const manifest = await makeRelease({
    image: join(dir, 'image'),
    stem: 'b3iq_2',
    out,
    key: trust.key,
    notes: '  Starts faster.\n',
    minimumVersion: 1,
  });
  return { dir, out, manifest };
}
/** What a machine with version 1 makes of a release folder. */
async function updated(folder: string) {
  const machine = await FolderMachine.make(trust);
  made.push(machine.places.parent);
  const stick = folderSource(folder);
  const looked = await machine.look(stick);
  const fetched = await machine.fetch(stick);
  const facts = await machine.install();
  return { machine, looked, fetched, facts };
}

describe('a release', () => {
  it('says of a built version what that says of itself', async () => {
    const { out, manifest } = await released();
    expect(manifest).toMatchObject({
      iss: 'release',
      iat: '2026-11-22T00:00:00Z',
      version: 2,
      minimum_version: 1,
      variant: 'standard',
      support_until: '2031-11-30',
      notes: 'Starts faster.',
    });
    const { root } = manifest.artefacts;
    const served = await readFile(join(out, root.file));
    expect([served.length, hash(served)]).toEqual([root.size_bytes, root.sha256]);
    expect(hash(zstdDecompressSync(served))).toBe(root.content_sha256);
    expect(readManifest(await readFile(join(out, 'update-manifest.json'), 'utf8'), trust.verifier)).toEqual(
      manifest,
    );
  });
  it('has the same bytes when it is made again', async () => {
    const [one, other] = [await released(), await released()];
    expect(one.manifest).toEqual(other.manifest);
    const text = (out: string) => readFile(join(out, 'update-manifest.json'), 'utf8');
    expect(await text(one.out)).toBe(await text(other.out));
  });
  it('is installed by a machine', async () => {
    const { machine, facts } = await updated((await released()).out);
    expect(facts).toMatchObject({ record: { pending: { version: 2 } } });
    expect(await machine.holds(2)).toBe(true);
  });
  it.each([
    ['is no kernel image', Buffer.from('no'), 'no PE file'],
    ['names no version', kernelOf(2, { '.osrel': 'ID=debian' }), 'IMAGE_VERSION'],
    [
      'says not until when it is supported',
      kernelOf(2, { '.osrel': 'IMAGE_ID=b3iq\nIMAGE_VERSION=2' }),
      'SUPPORT_END',
    ],
    ['names no root', kernelOf(2, { '.cmdline': 'quiet' }), 'root hash'],
  ])('is not made of what %s', async (_, kernel, message) => {
    const dir = await built(kernel);
    const options = { image: join(dir, 'image'), stem: 'b3iq_2', out: join(dir, 'release'), key: trust.key };
    await expect(makeRelease({ ...options, notes: 'x', minimumVersion: 1 })).rejects.toThrow(message);
  });
  it('is not made with notes that no machine would show', async () => {
    const dir = await built();
    const options = { image: join(dir, 'image'), stem: 'b3iq_2', out: join(dir, 'release'), key: trust.key };
    for (const notes of ['', '\u202Eab', 'x'.repeat(4_001)])
      await expect(makeRelease({ ...options, notes, minimumVersion: 1 })).rejects.toThrow();
    await expect(makeRelease({ ...options, notes: 'x', minimumVersion: 2 })).rejects.toThrow(
      'minimum_version',
    );
  });
  it('is made by its command, with a key of its own', async () => {
    const dir = await built();
    const script = (name: string) => new URL(name, import.meta.url).pathname;
    await execa(process.execPath, [script('keys.ts'), dir, 'test']);
    await writeFile(join(dir, 'notes'), 'Starts faster.');
    const folders = ['--image', join(dir, 'image'), '--out', join(dir, 'out')];
    const files = ['--key', join(dir, 'update.key'), '--notes', join(dir, 'notes')];
    const until = ['--expires', '2027-02-22T00:00:00Z'];
    const { stdout } = await execa(process.execPath, [script('main.ts'), ...folders, ...files, ...until]);
    expect(stdout).toContain('Version 2: ');
    const text = await readFile(join(dir, 'out', 'update-manifest.json'), 'utf8');
    const verifier = await readVerifier(join(dir, 'update-keys.json'));
    expect(readManifest(text, verifier)).toMatchObject({ version: 2, exp: '2027-02-22T00:00:00Z' });
    for (const purpose of ['secure-boot', 'pcr']) {
      const key = createPrivateKey(await readFile(join(dir, `${purpose}.key`)));
      const certificate = new X509Certificate(await readFile(join(dir, `${purpose}.crt`)));
      expect([certificate.checkPrivateKey(key), certificate.subject]).toEqual([
        true,
        `CN=test ${purpose} key`,
      ]);
      expect((await stat(join(dir, `${purpose}.key`))).mode & 0o777).toBe(0o600);
    }
    await expect(execa(process.execPath, [script('keys.ts'), dir])).rejects.toThrow('EEXIST');
  });
});

describe('a release key', () => {
  it('is an Ed25519 key and no other', async () => {
    const dir = await built();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(join(dir, 'key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => readReleaseKey(join(dir, 'key'))).toThrow('expected ed25519');
  });
  it('is listed by its public half alone', () => {
    const listed = keysFile([{ name: 'test', key: trust.key }]);
    expect(JSON.parse(listed)).toEqual(trust.file);
  });
});

describe('a spoiled release', () => {
  it.each<[Spoil, object]>([
    ['tampered-file', { fetched: { obstacle: 'damaged' } }],
    ['tampered-manifest', { looked: { obstacle: 'not-signed' } }],
    ['other-key', { looked: { obstacle: 'not-signed' } }],
  ])('%s is refused', async (kind, end) => {
    const { dir, out, manifest } = await released();
    const folder = join(dir, 'spoiled');
    await spoil(kind, {
      release: out,
      out: folder,
      manifest,
      key: trust.key,
      root: join(dir, 'image', 'b3iq_2.root.raw'),
    });
    const result = await updated(folder);
    expect(result).toMatchObject(end);
    expect(await result.machine.bootNames()).toEqual(['b3iq_1.efi', 'other-system.efi']);
  });
  it('broken-root is installed, for the machine to come back from', async () => {
    const { dir, out, manifest } = await released();
    const folder = join(dir, 'spoiled');
    const root = join(dir, 'image', 'b3iq_2.root.raw');
    await spoil('broken-root', { release: out, out: folder, manifest, key: trust.key, root });
    const { machine, facts } = await updated(folder);
    expect(facts).toMatchObject({ record: { pending: { version: 2 } } });
    expect(await machine.holds(2)).toBe(false);
  });
});
