/**
 * Builds one image: locked packages and gathered trees in, mkosi's output out.
 * Separate from the command so that `verify` can build a second one elsewhere and compare.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeBuildRoot, runInside } from './build-root.ts';
import { type Config, epochOf } from './config.ts';
import type { Ingredients } from './ingredients.ts';
import { layRepository } from './repository.ts';
import { gather, gatherTrees } from './trees.ts';

/** How a build may differ without its result differing. */
export interface Place {
  /** Scratch folder of this build. */
  readonly work: string;
  /** Folder of build roots. */
  readonly buildRoots: string;
  /** Lays other tools over `work/tools`: a clock that is wrong on purpose, or signatures instead of keys. */
  readonly prepareTools?: (tools: string) => void;
}

/** Empties the scratch folder but for the installed packages mkosi keeps between builds of the same locks. */
const emptyFolder = (work: string, kept: string): void => {
  for (const folder of existsSync(work) ? readdirSync(work) : [])
    if (folder !== kept) rmSync(join(work, folder), { recursive: true, force: true });
  for (const folder of ['output', 'workspace', 'package-cache', 'trees', 'keys', kept])
    mkdirSync(join(work, folder), { recursive: true });
};

/**
 * Makes programs of the build run at another time than the clock's.
 * @param time  as libfaketime takes it: `2026-11-22 00:00:00` stands still, `+400d` runs
 */
export const runAt = (tools: string, names: readonly string[], time: string): void => {
  for (const name of names) {
    symlinkSync('at-time', join(tools, name));
    writeFileSync(join(tools, `${name}.time`), `${time}\n`);
  }
};

/** ukify and the signing tools as this build needs them. */
const layTools = (config: Config, tools: string): void => {
  cpSync(join(config.top, 'image/tools'), tools, { recursive: true });
  const date = new Date(epochOf(config.releasedAt) * 1000).toISOString();
  runAt(tools, ['systemd-sbsign', 'bootctl'], `${date.slice(0, 10)} ${date.slice(11, 19)}`);
};

/**
 * Builds the image of `config.profile`.
 * @param say  takes one line for a person
 * @returns the folder with what mkosi left, and the build root it was made in
 */
export const buildImage = (
  config: Config,
  place: Place,
  ingredients: Ingredients,
  say: (line: string) => void,
): { readonly output: string; readonly root: string } => {
  const { locks, given, store } = ingredients;
  const root = makeBuildRoot(place.buildRoots, store, locks['build-root']);
  const { work } = place;
  const packages = [
    ...locks.initrd.packages,
    ...locks.os.packages,
    ...(config.profile === 'test' ? locks.test.packages : []),
    ...given.system,
  ];
  const kept = `cache-${createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 16)}`;
  emptyFolder(work, kept);
  layRepository(join(work, 'repository'), 'trixie', store, packages);
  gather(join(config.top, 'image'), join(work, 'image'));
  gatherTrees(config, ingredients, work, say);
  layTools(config, join(work, 'tools'));
  place.prepareTools?.(join(work, 'tools'));
  for (const file of ['secure-boot.key', 'secure-boot.crt', 'pcr.key', 'pcr.crt']) {
    copyFileSync(join(config.keys, file), join(work, 'keys', file));
    chmodSync(join(work, 'keys', file), 0o600);
  }
  const log = join(work, 'mkosi.log');
  say(`Building version ${config.version}, profile ${config.profile} (log: ${log})...`);
  const command = [
    'mkosi',
    '--directory=/build/image',
    `--profile=${config.profile}`,
    `--image-version=${config.version}`,
    `--source-date-epoch=${epochOf(config.releasedAt)}`,
    `--environment=B3IQ_RELEASED_AT=${config.releasedAt}`,
    `--environment=B3IQ_SUPPORT_END=${config.supportEnd}`,
    ...given.system.map((one) => `--package=${one.name}`),
    '--incremental=yes',
    `--cache-directory=/build/${kept}`,
    '--force',
    'build',
  ];
  runInside(config.top, root, work, command, log);
  return { output: join(work, 'output'), root };
};
