/**
 * The packages a builder hands over for the profile `nvidia`: what `B3IQ_NVIDIA_PACKAGES` has to hold.
 * Separate because they come from no mirror and no lock, and every other profile does without them.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Config } from './config.ts';
import { type LockedPackage, parseControl, parseNames } from './packages.ts';
import { sha256Of, storedAt } from './store.ts';

export interface GivenPackages {
  readonly system: readonly LockedPackage[];
  readonly engine: readonly LockedPackage[];
  /** Files of `engine` to keep, as `image/engine/files.txt` writes them. */
  readonly engineFiles: readonly string[];
}

const NOTHING: GivenPackages = { system: [], engine: [], engineFiles: [] };

const MESSAGE =
  "The profile nvidia adds NVIDIA's own driver and CUDA engine. Their licence does not let us give the packages on, so " +
  'they are in no lock: put those you are licensed to use into a folder (image/mkosi.profiles/nvidia/mkosi.conf says ' +
  'how it must look) and set B3IQ_NVIDIA_PACKAGES to it. Every other profile drives NVIDIA cards with the open driver.';

/** Describes a `.deb` file and brings it into the store. */
const take = async (store: string, path: string): Promise<LockedPackage> => {
  const [fields] = parseControl(execFileSync('dpkg-deb', ['--field', path], { encoding: 'utf8' }));
  const one = {
    name: fields?.get('Package') ?? '',
    version: fields?.get('Version') ?? '',
    architecture: fields?.get('Architecture') ?? '',
    suite: 'nvidia',
    path: basename(path),
    size: statSync(path).size,
    sha256: await sha256Of(path),
  };
  copyFileSync(path, storedAt(store, one));
  return one;
};

/**
 * The packages handed over; none for every other profile.
 * @throws Error saying what to do when the profile is `nvidia` and the folder is not as it must be
 */
export const takeGivenPackages = async (config: Config, store: string): Promise<GivenPackages> => {
  if (config.profile !== 'nvidia') return NOTHING;
  const { nvidiaPackages: folder } = config;
  if (folder === undefined || !existsSync(folder)) throw new Error(MESSAGE);
  const found = (pattern: string): Promise<LockedPackage[]> =>
    Promise.all(
      globSync(pattern, { cwd: folder })
        .sort()
        .map((path) => take(store, join(folder, path))),
    );
  const given = { system: await found('system/*.deb'), engine: await found('engine/*.deb') };
  const list = join(folder, 'engine/files.txt');
  if (given.system.length === 0 || given.engine.length === 0 || !existsSync(list))
    throw new Error(`${folder} is not complete. ${MESSAGE}`);
  return { ...given, engineFiles: parseNames(readFileSync(list, 'utf8')) };
};
