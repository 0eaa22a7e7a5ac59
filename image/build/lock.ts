/**
 * The lock: every `.deb` a build uses, by name, version and SHA-256. Pure.
 * Separate so that what a lock says, and how two locks differ, can be tested without a mirror.
 */
import type { LockedPackage } from './packages.ts';

/** The trees that are made of packages. `test` holds only what the harness adds to `os`. */
export const TREES = ['build-root', 'initrd', 'os', 'test', 'engine'] as const;
export type Tree = (typeof TREES)[number];

export interface Lock {
  readonly tree: Tree;
  /** Sorted by name, then architecture. */
  readonly packages: readonly LockedPackage[];
}

/** One line of a comparison: a package that came, went or changed. */
export interface Difference {
  readonly name: string;
  readonly was: string | undefined;
  readonly is: string | undefined;
}

const byName = (a: LockedPackage, b: LockedPackage): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.architecture < b.architecture ? -1 : 1;

/** The lock's text: one package a line, so that a refresh reads well as a diff. */
export const formatLock = (lock: Lock): string => {
  const lines = [...lock.packages].sort(byName).map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "version": 1,\n  "tree": ${JSON.stringify(lock.tree)},\n  "packages": [\n${lines.join(',\n')}\n  ]\n}\n`;
};

const PATH = /^debian(-security)?\/pool\/[A-Za-z0-9.+~_/-]+\.deb$/;
const isPackage = (value: unknown): value is LockedPackage => {
  if (typeof value !== 'object' || value === null) return false;
  const one: Partial<Record<keyof LockedPackage, unknown>> = value;
  return (
    typeof one.name === 'string' &&
    /^[a-z0-9][a-z0-9+.-]+$/.test(one.name) &&
    typeof one.version === 'string' &&
    /^[A-Za-z0-9.+:~-]+$/.test(one.version) &&
    (one.architecture === 'amd64' || one.architecture === 'all') &&
    typeof one.suite === 'string' &&
    typeof one.path === 'string' &&
    PATH.test(one.path) &&
    !one.path.includes('..') &&
    typeof one.size === 'number' &&
    Number.isSafeInteger(one.size) &&
    one.size > 0 &&
    typeof one.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(one.sha256)
  );
};

/**
 * Reads a lock.
 * @throws Error when it is not one, naming the tree and the first package that is not well formed
 */
export const parseLock = (text: string, tree: Tree): Lock => {
  const value: { version?: unknown; tree?: unknown; packages?: unknown } = JSON.parse(text);
  if (value.version !== 1 || value.tree !== tree || !Array.isArray(value.packages))
    throw new Error(`The lock of ${tree} is not a lock of version 1.`);
  const packages: LockedPackage[] = [];
  for (const one of value.packages) {
    if (!isPackage(one))
      throw new Error(`The lock of ${tree} has a bad entry: ${JSON.stringify(one).slice(0, 200)}`);
    packages.push(one);
  }
  return { tree, packages: packages.sort(byName) };
};

/** What changed from one set of packages to another, by name; empty when they hold the same files. */
export const diffLocks = (was: readonly LockedPackage[], is: readonly LockedPackage[]): Difference[] => {
  const label = (one: LockedPackage | undefined, other: LockedPackage | undefined): string | undefined =>
    one === undefined
      ? undefined
      : one.version === other?.version
        ? `${one.version} (${one.sha256.slice(0, 12)})`
        : one.version;
  const before = new Map(was.map((one) => [`${one.name}:${one.architecture}`, one]));
  const after = new Map(is.map((one) => [`${one.name}:${one.architecture}`, one]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((key) => before.get(key)?.sha256 !== after.get(key)?.sha256)
    .map((key) => ({
      name: key,
      was: label(before.get(key), after.get(key)),
      is: label(after.get(key), before.get(key)),
    }));
};

/** A comparison as lines for a person: `+ name version`, `- name version`, `name was → is`. */
export const formatDifferences = (differences: readonly Difference[]): string[] =>
  differences.map(({ name, was, is }) =>
    was === undefined
      ? `+ ${name} ${is}`
      : is === undefined
        ? `- ${name} ${was}`
        : `  ${name} ${was} → ${is}`,
  );
