/**
 * The inference engine's own root folder: named files of its packages and the libraries they need, nothing else.
 * Separate because it comes from another Debian release than the system, and from unpacked packages: no script runs.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { LockedPackage } from './packages.ts';
import { storedAt } from './store.ts';

const LOADER = '/usr/lib64/ld-linux-x86-64.so.2';

/** Folders that are links on a Debian, because packages still name programs and libraries by the old paths. */
const linkFolders = (root: string): void => {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
};

/** Copies one file and, where it is a link, what it points to, all at their own paths. */
const copyWithTarget = (from: string, to: string, path: string): void => {
  const source = join(from, path);
  const target = join(to, path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { verbatimSymlinks: true, force: true });
  if (!lstatSync(source).isSymbolicLink()) return;
  const link = readlinkSync(source);
  copyWithTarget(from, to, relative('/', resolve('/', dirname(path), link)));
};

/**
 * Builds the tree.
 * @param wanted  lines of `image/engine/files.txt`
 * @throws Error when a line matches nothing, or when a library that a kept program needs is in no package
 */
export const buildEngineTree = (
  to: string,
  scratch: string,
  store: string,
  packages: readonly LockedPackage[],
  wanted: readonly string[],
): void => {
  rmSync(to, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  mkdirSync(scratch, { recursive: true });
  for (const one of packages) execFileSync('dpkg-deb', ['--extract', storedAt(store, one), scratch]);
  linkFolders(scratch);
  linkFolders(to);
  const programs: string[] = [];
  for (const pattern of wanted) {
    if (pattern.endsWith('/')) {
      mkdirSync(join(to, pattern), { recursive: true });
      continue;
    }
    const found = globSync(pattern, { cwd: scratch }).sort();
    if (found.length === 0) throw new Error(`No file of the engine's packages matches ${pattern}.`);
    for (const path of found) copyWithTarget(scratch, to, path);
    programs.push(...found.filter((path) => /^usr\/bin\/|\.so$/.test(path)));
  }
  for (const program of programs) {
    const text = execFileSync('chroot', [scratch, LOADER, '--list', `/${program}`], { encoding: 'utf8' });
    for (const line of text.split('\n')) {
      if (line.includes('not found'))
        throw new Error(`${program} needs ${line.trim()}: in no package of the lock.`);
      const library = /=> (\/\S+)/.exec(line)?.[1];
      if (library !== undefined)
        copyWithTarget(
          scratch,
          to,
          join(
            relative(realpathSync(scratch), realpathSync(join(scratch, dirname(library)))),
            library.slice(library.lastIndexOf('/') + 1),
          ),
        );
    }
  }
  rmSync(scratch, { recursive: true });
  // The proof that nothing is missing: the program starts from this tree alone.
  execFileSync('chroot', [to, '/usr/bin/llama-server', '--version'], { stdio: ['ignore', 'ignore', 'pipe'] });
};
