/**
 * Reading and making the identity files. Separate because secret files have rules of their own: private to one user,
 * never through a link, bounded, and created without ever replacing one that is there.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../os/files.ts';
import { RECOVER } from './judge.ts';
import { MAX_FILE_BYTES } from './parse.ts';
import type { Found } from './types.ts';

/**
 * The value in a file.
 * @param parse    gives undefined when the text is not what it should be
 * @param privacy  `private`: refused when others may read it. It is refused rather than quietly closed, as others may
 *                 already have read it and only the owner can judge that. `as-given`: a credential, whose permissions
 *                 (an access list shows up as group bits) are systemd's to set.
 */
export async function readIdentityFile<T>(
  path: string,
  parse: (text: string) => T | undefined,
  privacy: 'private' | 'as-given',
): Promise<Found<T>> {
  let file: FileHandle | undefined;
  try {
    // NOFOLLOW: a link would let somebody else's file be taken for ours, or ours lie where others can read it.
    // NONBLOCK: a pipe of that name would otherwise hold up the start for ever.
    const follow = privacy === 'private' ? constants.O_NOFOLLOW : 0;
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | follow);
    const stat = await file.stat();
    const { mode, size } = stat;
    // Windows has no such bits and reports them all set.
    if (privacy === 'private' && process.platform !== 'win32' && (mode & 0o077) !== 0)
      return damaged(
        `The key file may be read by other users of this computer (mode ${(mode & 0o777).toString(8)}). ` +
          'If nobody else can have read it, make it private again with `chmod 600`; otherwise accept a new identity.',
      );
    if (!stat.isFile() || size > MAX_FILE_BYTES)
      return damaged(`What lies in the place of an identity file is not one. ${RECOVER}`);
    const value = parse(await file.readFile('utf8'));
    return value === undefined
      ? damaged(`An identity file is damaged. ${RECOVER}`)
      : { kind: 'found', value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT') return { kind: 'absent' };
    return damaged(
      `An identity file cannot be read (${code}). Check its owner and the disk, then start again.`,
    );
  } finally {
    await file?.close();
  }
}

function damaged(reason: string): { readonly kind: 'damaged'; readonly reason: string } {
  return { kind: 'damaged', reason };
}

/**
 * Creates a file that only this user may read, whole or not at all, and never over one that is there.
 * @returns false when there is already a file of that name      @see link(2): unlike rename it does not replace
 */
export async function createDurably(path: string, text: string): Promise<boolean> {
  const temp = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temp, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temp, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temp).catch(() => {}); // it may never have been made
  }
  await syncFolder(dirname(path));
  return true;
}

/** Keeps what is at `path` under a second name beside it, so that writing a new file there destroys nothing. */
export async function setAside(path: string): Promise<void> {
  try {
    await link(path, `${path}.set-aside-${randomBytes(4).toString('hex')}`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
