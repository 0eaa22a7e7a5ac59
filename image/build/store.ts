/**
 * The local store of `.deb` files, named by their SHA-256: what makes a build independent of the mirror's newest index.
 * Separate because a release publishes it, and a build without the network lives from it alone.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LockedPackage } from './packages.ts';

/** Where a store keeps a package. */
export const storedAt = (store: string, one: LockedPackage): string => join(store, `${one.sha256}.deb`);

/** SHA-256 of a file, 64 hexadecimal digits. */
export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** Writes the package's bytes, from another store or the mirror; false when neither has any. */
const copyFrom = async (
  to: string,
  stores: readonly string[],
  mirror: string,
  one: LockedPackage,
): Promise<boolean> => {
  const other = stores.map((store) => storedAt(store, one)).find((path) => existsSync(path));
  if (other !== undefined) {
    copyFileSync(other, to);
    return true;
  }
  const answer = await fetch(`${mirror}/${one.path.split('/').map(encodeURIComponent).join('/')}`);
  if (answer.status === 404 || answer.status === 410) return false;
  if (!answer.ok || answer.body === null)
    throw new Error(`${mirror} answers ${answer.status} for ${one.path}.`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(to));
  return true;
};

/** Brings one package into the store; false when nobody has these bytes any more. */
const fetchOne = async (
  store: string,
  stores: readonly string[],
  mirror: string,
  one: LockedPackage,
): Promise<boolean> => {
  const at = storedAt(store, one);
  // A file gets its name only after its hash was checked, so a stored file of the right size is right.
  if (existsSync(at) && statSync(at).size === one.size) return true;
  const partial = `${at}.${process.pid}.partial`;
  try {
    if (!(await copyFrom(partial, stores, mirror, one)) || (await sha256Of(partial)) !== one.sha256)
      return false;
    renameSync(partial, at);
    return true;
  } finally {
    rmSync(partial, { force: true });
  }
};

/**
 * Brings every package into the store.
 * @param stores  other stores to look in before the mirror is asked
 * @returns the packages that no store and no mirror has; empty when all are there
 * @throws TypeError when the mirror cannot be reached, Error when it answers with a fault of its own
 */
export const fillStore = async (
  store: string,
  stores: readonly string[],
  mirror: string,
  packages: readonly LockedPackage[],
): Promise<LockedPackage[]> => {
  mkdirSync(store, { recursive: true });
  const missing: LockedPackage[] = [];
  const queue = [...new Map(packages.map((one) => [one.sha256, one])).values()];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift())
      if (!(await fetchOne(store, stores, mirror, one))) missing.push(one);
  };
  // Six at a time: what a mirror takes kindly to.
  await Promise.all(Array.from({ length: 6 }, worker));
  return missing;
};
