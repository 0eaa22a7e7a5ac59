/**
 * Reading what another program left: bounded, never through a link, never from anything but a plain file.
 * Separate because both sides of the boundary read files of the other, and a pipe in a file's place must not hold them.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** The text of the plain file at `path`; undefined when there is none, or it is larger than `maxBytes` or not UTF-8. */
export async function readBounded(path: string, maxBytes = 65_536): Promise<string | undefined> {
  try {
    // O_NONBLOCK: a pipe opens at once and is then seen not to be a file.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size > maxBytes) return undefined;
      const bytes = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (let n = 1; n > 0 && length <= maxBytes; length += n)
        ({ bytesRead: n } = await file.read(bytes, length, bytes.length - length, length));
      if (length > maxBytes) return undefined; // it grew under our eyes
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
    } finally {
      await file.close();
    }
  } catch {
    return undefined; // absent, unreadable, a link, or not text: all the same to a reader that trusts none of it
  }
}
