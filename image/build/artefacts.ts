/**
 * From mkosi's output to what is published: names, sums, sizes.
 * Separate because updates, boot tests and `verify` rely on these names and on nothing of mkosi's.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInside } from './build-root.ts';
import { type Config, formatBuildFacts } from './config.ts';
import type { LockedPackage } from './packages.ts';
import { sha256Of, storedAt } from './store.ts';

/** Kinds of artefact by the end of their name; the name begins `b3iq_<version>`. */
export const KINDS = {
  '.raw': 'the whole disk, to write to a stick or an internal disk',
  '.efi': 'kernel image of an update',
  '.root.raw': 'root partition of an update',
  '.root-verity.raw': 'hash tree of that partition',
  '.manifest': 'packages as mkosi saw them installed',
} as const;

export interface Artefact {
  readonly file: string;
  /** Bytes as stored and, for sparse files, bytes on the disk. */
  readonly size: number;
  readonly onDisk: number;
  readonly sha256: string;
}

/** Copies a file and leaves its holes as holes. */
const copySparse = (from: string, to: string): void => {
  execFileSync('cp', ['--sparse=always', '--reflink=auto', from, to]);
};

/** Compresses with the build root's zstd, so that the computer's own version leaves no trace. */
export const compressInside =
  (top: string, root: string) =>
  (folder: string, file: string): void => {
    runInside(top, root, folder, [
      'zstd',
      '-q',
      '-f',
      '-10',
      // A window of 128 MiB, the most that every zstd takes unasked: libraries and firmware repeat far apart.
      '--long=27',
      '-T0',
      `/build/${file}`,
      '-o',
      `/build/${file}.zst`,
    ]);
  };

/**
 * Lays the artefacts in `config.out`, replacing what is there, with `SHA256SUMS` and the public halves of the keys.
 * @param output  mkosi's output folder
 * @param bill      the operating system's bill of materials
 * @param compress  adds FILE.zst beside a file: the download, for the profiles that people download
 */
export const publish = async (
  config: Config,
  output: string,
  bill: string,
  compress: (folder: string, file: string) => void,
): Promise<Artefact[]> => {
  rmSync(config.out, { recursive: true, force: true });
  mkdirSync(join(config.out, 'public-keys'), { recursive: true });
  const stem = `b3iq_${config.version}`;
  for (const end of Object.keys(KINDS)) copySparse(join(output, stem + end), join(config.out, stem + end));
  copyFileSync(bill, join(config.out, `${stem}.cdx.json`));
  writeFileSync(join(config.out, `${stem}.build.json`), formatBuildFacts(config));
  if (config.profile !== 'test') compress(config.out, `${stem}.raw`);
  for (const file of ['secure-boot.crt', 'pcr.crt', 'update-keys.json'])
    copyFileSync(join(config.keys, file), join(config.out, 'public-keys', file));
  const artefacts: Artefact[] = [];
  for (const file of readdirSync(config.out).sort()) {
    const path = join(config.out, file);
    const { size, blocks } = statSync(path);
    if (file.startsWith(stem))
      artefacts.push({ file, size, onDisk: blocks * 512, sha256: await sha256Of(path) });
  }
  writeFileSync(
    join(config.out, 'SHA256SUMS'),
    artefacts.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(''),
  );
  return artefacts;
};

/**
 * The packages a release was made of: with them anybody builds it again when Debian's mirrors have moved on.
 * @param out  the release's folder
 */
export const publishStore = (out: string, packages: readonly LockedPackage[], store: string): void => {
  mkdirSync(join(out, 'store'));
  for (const one of new Map(packages.map((each) => [each.sha256, each])).values()) {
    const to = storedAt(join(out, 'store'), one);
    try {
      linkSync(storedAt(store, one), to);
    } catch {
      // Another disk: a link cannot reach it, a copy can.
      copyFileSync(storedAt(store, one), to);
    }
  }
};

const MEBIBYTE = 2 ** 20;

/** Sizes and sums as lines for a person. */
export const formatArtefacts = (artefacts: readonly Artefact[]): string[] => {
  const width = Math.max(...artefacts.map(({ file }) => file.length));
  return artefacts.map(
    ({ file, size, onDisk, sha256 }) =>
      `${file.padEnd(width)}  ${(size / MEBIBYTE).toFixed(1).padStart(7)} MiB` +
      `${onDisk < size * 0.9 ? ` (${(onDisk / MEBIBYTE).toFixed(1)} on disk)` : ''}  ${sha256}`,
  );
};
