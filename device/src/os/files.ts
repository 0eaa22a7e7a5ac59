/** Durable file writes: after `writeDurably` returns, a power cut finds either the old file or the new one, whole. */
import { constants } from 'node:fs';
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../errors.ts';

/**
 * Writes `data` to `path`: temp file, fsync, rename, fsync of the folder.
 * @param mode  permission bits of the new file, 0o600 unless told
 * @see rename(2), fsync(2)
 */
export async function writeDurably(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const temp = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temp, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temp, path);
  } catch (cause) {
    await unlink(temp).catch(() => {}); // the temp file may not exist; the first error is the one that matters
    throw cause;
  }
  await syncFolder(dirname(path));
}

/** Makes a rename or unlink in `folder` survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What mkdir(2) says when the path itself is the wrong one. */
const MISPLACED = new Set(['ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOENT', 'ENAMETOOLONG']);

/** Creates `folder` for this user alone. @throws config_invalid when that cannot be, or every user may write to it */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (!MISPLACED.has(code)) throw cause; // a full or failing disk is no fault of the configuration
    throw new CodedError(
      'config_invalid',
      `The folder ${folder} cannot be made (${code}). Name another one.`,
      {
        cause,
      },
    );
  }
  // Refused, not closed: it may be a folder that others need, such as /tmp. Windows has no such bits.
  if (process.platform !== 'win32' && ((await stat(folder)).mode & 0o002) !== 0)
    throw new CodedError(
      'config_invalid',
      `Every user of this computer may write to ${folder}. Choose another state folder, or make it yours alone: chmod 700 ${folder}`,
    );
}
