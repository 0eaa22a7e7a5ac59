/**
 * Gathers what is laid over Debian into one folder that mkosi sees: overlay, built programs, engine, facts of this build.
 * Separate because it makes a checkout's file modes and owners irrelevant: the same files give the same image.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { buildEngineTree } from './engine-tree.ts';
import type { Ingredients } from './ingredients.ts';
import { parseNames } from './packages.ts';
import { formatSbom } from './sbom.ts';

/** Copies a folder, every file readable by all and writable by root. @returns false when there is none to copy */
export const gather = (from: string, to: string): boolean => {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const there = existsSync(from);
  if (there) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  execFileSync('chown', ['-R', '-h', '0:0', to]);
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', to]);
  return there;
};

/** What this build alone knows: whose signatures the machine accepts, where updates are, what the image is made of. */
const writeFacts = (config: Config, { locks, given }: Ingredients, to: string): void => {
  const own = join(to, 'usr/lib/b3iq');
  const bills = join(to, 'usr/share/b3iq/sbom');
  mkdirSync(own, { recursive: true });
  mkdirSync(bills, { recursive: true });
  for (const file of ['update-keys.json', 'secure-boot.crt'])
    copyFileSync(join(config.keys, file), join(own, file));
  // Without an address a machine takes updates from a stick only.
  if (config.updateUrl !== undefined)
    writeFileSync(join(own, 'update.json'), `${JSON.stringify({ source_url: config.updateUrl })}\n`);
  const trees = {
    initrd: locks.initrd.packages,
    os: [...locks.os.packages, ...given.system],
    engine: [...locks.engine.packages, ...given.engine],
  };
  const digest = createHash('sha256')
    .update(JSON.stringify([config.version, trees]))
    .digest('hex');
  const { version: imageVersion, releasedAt } = config;
  writeFileSync(join(bills, 'os.cdx.json'), formatSbom({ imageVersion, releasedAt, trees, digest }));
};

/**
 * Fills `work/trees`, from which `image/mkosi.conf.d/60-overlay.conf` takes what it lays over Debian.
 * @param say  takes one line for a person
 */
export const gatherTrees = (
  config: Config,
  ingredients: Ingredients,
  work: string,
  say: (line: string) => void,
): void => {
  const { locks, given, store } = ingredients;
  gather(join(config.top, 'rootfs-overlay'), join(work, 'trees/overlay'));
  if (!gather(join(config.top, 'dist/tree'), join(work, 'trees/dist')))
    say('There is no dist/tree yet (make dist): this image has none of our programs in it.');
  writeFacts(config, ingredients, join(work, 'facts'));
  gather(join(work, 'facts'), join(work, 'trees/facts'));
  const wanted = parseNames(readFileSync(join(config.top, 'image/engine/files.txt'), 'utf8'));
  buildEngineTree(
    join(work, 'trees/engine'),
    join(work, 'engine-packages'),
    store,
    [...locks.engine.packages, ...given.engine],
    [...wanted, ...given.engineFiles],
  );
};
