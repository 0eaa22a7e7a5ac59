/**
 * Spoiled copies of a release, for tests of what a machine refuses or comes back from. Nothing here is used to release.
 * Separate from the tests so that each way of spoiling has a name and is made in one way.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UPDATE_MANIFEST_FILE, type UpdateManifest } from '@b3iq/wire';
import { execa } from 'execa';
import { compressed, hashOf, writeManifest } from './release.ts';

export const SPOILS = [
  /** One bit of the served root is another one: refused as damaged. */
  'tampered-file',
  /** The manifest says another version than was signed: refused as unsigned. */
  'tampered-manifest',
  /** Signed well, by a key that no machine knows: refused as unsigned. */
  'other-key',
  /** Signed as a release, with a kernel image that Secure Boot would refuse: refused before anything is written. */
  'unsigned-kernel',
  /** Signed as a release, with a root that does not match its own hash: installs, does not start, comes back by itself. */
  'broken-root',
] as const;
export type Spoil = (typeof SPOILS)[number];

export interface SpoilOptions {
  /** A good release folder. */
  readonly release: string;
  /** Folder of the spoiled copy. */
  readonly out: string;
  readonly manifest: UpdateManifest;
  /** The key the machine under test trusts. */
  readonly key: KeyObject;
  /** The built root partition, for `broken-root`. */
  readonly root: string;
}

/** Makes `options.out`: the release with exactly one thing wrong. */
export async function spoil(kind: Spoil, options: SpoilOptions): Promise<void> {
  const { release, out, manifest, key } = options;
  await cp(release, out, { recursive: true });
  const { root, uki } = manifest.artefacts;
  switch (kind) {
    case 'tampered-file':
      return flipBit(join(out, root.file), Math.floor(root.size_bytes / 2));
    case 'tampered-manifest': {
      const envelope = JSON.parse(await readFile(join(out, UPDATE_MANIFEST_FILE), 'utf8')) as {
        payload: string;
      }; // ours
      const text = Buffer.from(envelope.payload, 'base64').toString('utf8');
      const changed = text.replace(`"version":${manifest.version}`, `"version":${manifest.version + 1}`);
      const payload = Buffer.from(changed).toString('base64');
      return writeFile(join(out, UPDATE_MANIFEST_FILE), JSON.stringify({ ...envelope, payload }));
    }
    case 'other-key':
      return writeManifest(out, manifest, generateKeyPairSync('ed25519').privateKey);
    case 'unsigned-kernel': {
      await execa('sbattach', ['--remove', join(out, uki.file)]);
      const bytes = await readFile(join(out, uki.file));
      const facts = { size_bytes: bytes.length, sha256: hashOf(bytes) };
      const part = { ...uki, ...facts, content_size_bytes: bytes.length, content_sha256: facts.sha256 };
      return writeManifest(out, { ...manifest, artefacts: { ...manifest.artefacts, uki: part } }, key);
    }
    case 'broken-root': {
      const raw = join(out, 'broken.raw');
      await cp(options.root, raw);
      // The superblock of erofs begins at 1,024: the first thing the new system would read.
      await flipBit(raw, 1_024);
      const part = { ...(await compressed(raw, out, root.file, 1)), partition_uuid: root.partition_uuid };
      await rm(raw);
      return writeManifest(out, { ...manifest, artefacts: { ...manifest.artefacts, root: part } }, key);
    }
  }
}

/** Changes one bit of a file in place. */
async function flipBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
}
