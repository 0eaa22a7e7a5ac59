/**
 * `make image-verify`: builds an image a second time, as differently as it can, and compares every artefact.
 * Separate because it must share nothing with the first build but the sources, the lock and the stored packages.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compressInside, publish } from './artefacts.ts';
import { makeBuildRoot, runInside } from './build-root.ts';
import { compareFiles } from './compare.ts';
import type { Config } from './config.ts';
import { buildImage, runAt } from './image.ts';
import type { Ingredients } from './ingredients.ts';
import { type ReadFat, takeSignatures } from './published.ts';

/** Programs whose clock the second build sets wrong. */
const CLOCKED = [
  'apt-get',
  'systemd-repart',
  'systemd-tmpfiles',
  'systemd-sysusers',
  'systemd-firstboot',
  'cpio',
  'zstd',
];
/** Another year, month and weekday. */
const OTHER_TIME = '+400d';

/** Copies what a build reads into another folder, readable by its owner alone: no path, mode or date may leave a trace. */
const copySources = (top: string, to: string): void => {
  for (const part of ['image', 'rootfs-overlay', 'dist/tree'])
    if (existsSync(join(top, part)))
      cpSync(join(top, part), join(to, part), { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'go-rwx', to]);
};

/** A folder of keys that sign nothing that counts, with the certificates of a release beside them. */
const throwawayKeys = (config: Config, release: string, root: string, to: string): void => {
  mkdirSync(to);
  for (const name of ['secure-boot', 'pcr']) {
    copyFileSync(join(release, 'public-keys', `${name}.crt`), join(to, `${name}.crt`));
    runInside(config.top, root, to, [
      'openssl',
      'genpkey',
      '-quiet',
      '-algorithm',
      'RSA',
      '-out',
      `${name}.key`,
    ]);
  }
  copyFileSync(join(release, 'public-keys/update-keys.json'), join(to, 'update-keys.json'));
};

/** Which files of two roots differ, at most ten lines: a byte inside a compressed file system tells nobody anything. */
const differingFiles = (config: Config, root: string, work: string, one: string, other: string): string[] => {
  for (const [name, from] of [
    ['one', one],
    ['other', other],
  ] as const) {
    execFileSync('cp', ['--sparse=always', from, join(work, `${name}.erofs`)]);
    runInside(config.top, root, work, ['fsck.erofs', `--extract=/build/${name}`, `/build/${name}.erofs`]);
  }
  try {
    execFileSync('diff', ['-rq', '--no-dereference', 'one', 'other'], {
      cwd: work,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return ['  (the files are the same: owners, modes, times or their order differ)'];
  } catch (error) {
    const { stdout } = error as { stdout?: unknown }; // what node documents for a program that fails
    return String(stdout)
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, 10)
      .map((line) => `  ${line}`);
  }
};

/** What a second build is made from. */
export interface Second {
  readonly config: Config;
  readonly ingredients: Ingredients;
  /** Folder with the artefacts to compare with. */
  readonly first: string;
  /** True: `first` is a release, and its signatures take the place of keys. */
  readonly withoutKeys: boolean;
}

/**
 * Builds again and compares.
 * @returns true when every artefact is bit-identical
 */
export const verify = async (second: Second, say: (line: string) => void): Promise<boolean> => {
  const { config, ingredients, first, withoutKeys } = second;
  const { locks, store } = ingredients;
  mkdirSync(config.cache, { recursive: true });
  const elsewhere = mkdtempSync(join(config.cache, 'verify-'));
  try {
    copySources(config.top, join(elsewhere, 'sources'));
    const buildRoots = join(elsewhere, 'roots');
    const place = { work: join(elsewhere, 'work'), buildRoots };
    let again: Config = { ...config, top: join(elsewhere, 'sources'), out: join(elsewhere, 'out') };
    let prepareTools = (tools: string): void => {
      runAt(tools, CLOCKED, OTHER_TIME);
    };
    if (withoutKeys) {
      const root = makeBuildRoot(buildRoots, store, locks['build-root']);
      again = { ...again, keys: join(elsewhere, 'keys') };
      throwawayKeys(config, first, root, again.keys);
      const readFat: ReadFat = (image, offset, path) => {
        const name = basename(path);
        runInside(config.top, root, dirname(image), [
          'mcopy',
          '-n',
          '-i',
          `/build/${basename(image)}@@${offset}`,
          `::/${path}`,
          `/build/.verify-${name}`,
        ]);
        const copy = join(dirname(image), `.verify-${name}`);
        const bytes = readFileSync(copy);
        rmSync(copy);
        return bytes;
      };
      const laySigned = prepareTools;
      prepareTools = (tools) => {
        laySigned(tools);
        for (const name of ['systemd-sbsign', 'bootctl']) {
          rmSync(join(tools, name));
          copyFileSync(join(config.top, 'image/tools-without-keys', name), join(tools, name));
        }
        takeSignatures(first, `b3iq_${config.version}`, join(tools, 'published'), readFat);
      };
    }
    const { output, root } = buildImage(again, { ...place, prepareTools }, ingredients, say);
    const bill = join(place.work, 'facts/usr/share/b3iq/sbom/os.cdx.json');
    await publish(again, output, bill, compressInside(config.top, root));
    return compareFolders(second, again.out, root, elsewhere, say);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
};

const compareFolders = (
  { config, first }: Second,
  out: string,
  root: string,
  scratch: string,
  say: (line: string) => void,
): boolean => {
  let identical = true;
  for (const file of readdirSync(out)
    .filter((name) => /^b3iq_\d+\.|^SHA256SUMS$/.test(name))
    .sort()) {
    const { same, line } = compareFiles(file, join(first, file), join(out, file));
    say(line);
    identical &&= same;
    if (same || !file.endsWith('.root.raw')) continue;
    const work = join(scratch, 'differences');
    mkdirSync(work);
    for (const found of differingFiles(config, root, work, join(first, file), join(out, file))) say(found);
  }
  return identical;
};
