/**
 * Builds the bare Debian that the appliance's start is measured beside (`image/bench/bare-debian`).
 * Separate from the appliance's own build: nothing of it is published, signed or compared.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeBuildRoot, runInside } from './build-root.ts';
import type { Config } from './config.ts';
import type { Ingredients } from './ingredients.ts';
import { layRepository } from './repository.ts';
import { gather } from './trees.ts';

/** @returns the disk image, `dist/image/bare-debian/bare-debian.raw` */
export const buildBareDebian = (
  config: Config,
  { locks, store }: Ingredients,
  say: (line: string) => void,
): string => {
  const root = makeBuildRoot(join(config.cache, 'build-roots'), store, locks['build-root']);
  const work = join(config.cache, 'work-bare-debian');
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['output', 'workspace', 'package-cache'])
    mkdirSync(join(work, folder), { recursive: true });
  layRepository(join(work, 'repository'), 'trixie', store, [...locks.initrd.packages, ...locks.os.packages]);
  gather(join(config.top, 'image'), join(work, 'image'));
  const log = join(work, 'mkosi.log');
  say(`Building a bare Debian of the same packages (log: ${log})...`);
  const command = ['mkosi', '--directory=/build/image/bench/bare-debian', '--force', 'build'];
  runInside(config.top, root, work, command, log);
  const disk = join(config.top, 'dist/image/bare-debian/bare-debian.raw');
  mkdirSync(dirname(disk), { recursive: true });
  copyFileSync(join(work, 'output/bare-debian.raw'), disk);
  rmSync(join(work, 'output'), { recursive: true });
  return disk;
};
