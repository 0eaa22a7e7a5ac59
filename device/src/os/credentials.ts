/** Secrets and facts a service manager hands to this process as files. Separate so that they are read with one bound. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** None of ours comes near it. */
const MAX_BYTES = 65_536;

/**
 * The text of one credential; `undefined` when there is none.
 * @param folder  `$CREDENTIALS_DIRECTORY`, `undefined` outside a service      @see systemd.exec(5), `LoadCredential=`
 */
export async function readCredential(folder: string | undefined, name: string): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  try {
    const file = await open(join(folder, name), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // not there, or not for us
  }
}
