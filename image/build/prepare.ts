/**
 * What must be true before a build: root, the few host programs, keys that fit the profile, every package in the store.
 * Separate because each of these has its own plain sentence when it is not so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { diffLocks, formatDifferences, type Lock, parseLock, TREES, type Tree } from './lock.ts';
import { resolveLocks } from './resolve.ts';
import { fillStore } from './store.ts';

/** Host programs and the Debian package that brings each. All else runs inside the build root. */
const PROGRAMS = {
  mmdebstrap: 'mmdebstrap',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
  unshare: 'util-linux',
} as const;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @throws Error when this is not root on a Debian, or when a package cannot be installed */
export const prepareHost = (say: (line: string) => void): void => {
  if (process.getuid?.() !== 0)
    throw new Error('Building an image mounts file systems: run it as root on Debian 12 or 13.');
  const missing: string[] = Object.entries(PROGRAMS)
    .filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
    .map(([, name]) => name);
  if (!existsSync(KEYRING)) missing.push('debian-archive-keyring');
  if (missing.length === 0) return;
  say(`Installing ${missing.join(', ')}...`);
  const apt = (args: readonly string[]): void => {
    execFileSync('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-y', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  apt(['update']);
  apt(['install', '--no-install-recommends', ...missing]);
};

/**
 * Refuses keys that do not fit the profile.
 * @throws Error saying which key and what to do
 */
export const checkKeys = (config: Config): void => {
  const development = join(config.top, 'image/keys/dev');
  const needed = ['secure-boot.key', 'secure-boot.crt', 'pcr.key', 'pcr.crt', 'update-keys.json'];
  const absent = needed.filter((file) => !existsSync(join(config.keys, file)));
  if (absent.length > 0)
    throw new Error(`${config.keys} has no ${absent.join(', ')}. B3IQ_KEYS names the folder that has them.`);
  if (config.profile !== 'release') return;
  const same = needed.filter((file) =>
    readFileSync(join(config.keys, file)).equals(readFileSync(join(development, file))),
  );
  if (same.length > 0)
    throw new Error(
      `A release may not be signed with development keys, which everybody has: ${same.join(', ')} in ${config.keys}. ` +
        'Set B3IQ_KEYS to the folder of the release keys.',
    );
};

/** The committed lock of one tree. */
export const readLock = (config: Config, tree: Tree): Lock =>
  parseLock(readFileSync(join(config.top, `image/lock/${tree}.json`), 'utf8'), tree);

/**
 * The locks to build from, every package of theirs in the store.
 * When Debian no longer serves a locked version and no store has it, current versions take the place of all locks.
 * @param say  takes one line for a person
 */
export const prepareLocks = async (
  config: Config,
  store: string,
  say: (line: string) => void,
): Promise<Readonly<Record<Tree, Lock>>> => {
  const locked = TREES.map((tree) => readLock(config, tree));
  const all = (locks: readonly Lock[]) => locks.flatMap((lock) => lock.packages);
  const missing = await fillStore(store, config.stores, config.mirror, all(locked));
  if (missing.length === 0) return byTree(locked);
  say(
    `lock stale: ${missing.length} locked packages are neither in the store nor at ${config.mirror} any more.`,
  );
  say(
    'Building with current versions; the result is not the locked image. `make image-lock` makes them the lock.',
  );
  const current = resolveLocks(config);
  for (const { tree, packages } of current) {
    const was = locked.find((lock) => lock.tree === tree)?.packages ?? [];
    for (const line of formatDifferences(diffLocks(was, packages))) say(`  ${tree}: ${line}`);
  }
  const gone = await fillStore(store, config.stores, config.mirror, all(current));
  if (gone.length > 0)
    throw new Error(
      `The mirror's lists name ${gone.map(({ path }) => path).join(', ')}, but it does not have them.`,
    );
  return byTree(current);
};

const byTree = (locks: readonly Lock[]): Readonly<Record<Tree, Lock>> => {
  const find = (tree: Tree): Lock => {
    const lock = locks.find((one) => one.tree === tree);
    if (lock === undefined) throw new Error(`There is no lock of ${tree}.`);
    return lock;
  };
  return {
    'build-root': find('build-root'),
    initrd: find('initrd'),
    os: find('os'),
    test: find('test'),
    engine: find('engine'),
  };
};
