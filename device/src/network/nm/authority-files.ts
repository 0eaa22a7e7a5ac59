/**
 * Certificates of companies' authorities, a file a profile: NetworkManager keeps the path of one, never its text, and reads
 * it at each sign-in. Separate because they live as long as their profile, which is NetworkManager's.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, writeDurably } from '../../os/files.ts';
import type { Profile } from '../types.ts';

const SUFFIX = '.pem';

export interface AuthorityFiles {
  /** @returns the path to name to `nmcli`; undefined when the profile has no authority of its own */
  write(profile: Profile): Promise<string | undefined>;
  drop(ids: readonly string[]): Promise<void>;
  /** Removes what belongs to no profile. @param ids  of every profile there is */
  keepOnly(ids: readonly string[]): Promise<void>;
}

/** @param diskDir  a folder on the encrypted disk; root, which reads the files, may go anywhere in it */
export function authorityFiles(diskDir: string): AuthorityFiles {
  const folder = join(diskDir, 'network-authorities');
  const pathOf = (id: string) => join(folder, `${id}${SUFFIX}`);
  return {
    async write({ id, enterprise }) {
      if (enterprise?.authority === undefined) return undefined;
      await makePrivateFolder(folder);
      await writeDurably(pathOf(id), enterprise.authority);
      return pathOf(id);
    },
    async drop(ids) {
      for (const id of ids) await rm(pathOf(id), { force: true });
    },
    async keepOnly(ids) {
      const names = await readdir(folder).catch(() => []); // none was ever written
      const kept = ids.map((id) => `${id}${SUFFIX}`);
      for (const name of names) if (!kept.includes(name)) await rm(join(folder, name), { force: true });
    },
  };
}
