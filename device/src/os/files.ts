/** Durable file writes: after `writeDurably` returns, a power cut finds either the old file or the new one, whole. */
import { constants } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

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

/** Creates `folder` for this user alone. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
