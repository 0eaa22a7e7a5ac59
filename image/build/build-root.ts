/**
 * The build root: a Debian trixie of locked packages in which mkosi runs, whatever Debian the computer itself has.
 * Separate because it is made once for a lock and used by every build after that.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatLock, type Lock } from './lock.ts';
import { layRepository } from './repository.ts';

/**
 * Makes the build root for this lock unless it is there.
 * @param at  folder for build roots; another folder gives another build root of the same packages
 * @returns its path
 */
export const makeBuildRoot = (at: string, store: string, lock: Lock): string => {
  const id = createHash('sha256').update(formatLock(lock)).digest('hex').slice(0, 16);
  const root = join(at, id);
  if (existsSync(root)) return root;
  const half = `${root}.half`;
  const repository = `${root}.repository`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  layRepository(repository, 'trixie', store, lock.packages);
  const names = lock.packages.map((one) => one.name).join(',');
  execFileSync(
    'mmdebstrap',
    // `custom` installs what is named, and the lock names everything; `copy:` because dpkg runs inside and sees no `file:`.
    [
      '--mode=root',
      '--variant=custom',
      '--quiet',
      `--include=${names}`,
      'trixie',
      half,
      `deb [trusted=yes] copy:${repository} trixie main`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  rmSync(repository, { recursive: true });
  renameSync(half, root);
  return root;
};

/**
 * Runs a command inside a build root, as root, with nothing of this computer's environment.
 * @param tree  folder that appears there as `/build`
 * @param log   file that gets what the command says; without one it says it to the person
 * @throws Error naming the command, its exit code and the last it said
 */
export const runInside = (
  top: string,
  root: string,
  tree: string,
  command: readonly string[],
  log?: string,
): void => {
  const file = log === undefined ? undefined : openSync(log, 'w');
  const output = file ?? 'inherit';
  const { status } = spawnSync(join(top, 'image/enter.sh'), [root, tree, ...command], {
    stdio: ['ignore', output, output],
  });
  if (file !== undefined) closeSync(file);
  if (status === 0) return;
  const last =
    log === undefined
      ? ''
      : `\n${readFileSync(log, 'utf8').split('\n').slice(-25).join('\n')}\n(all of it: ${log})`;
  throw new Error(`${command[0]} stopped with ${status} inside the build root.${last}`);
};
