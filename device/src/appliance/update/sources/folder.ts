/** A release on a USB stick that a unit of the system has mounted, or in any folder. Believed no more than a server. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { UPDATE_MANIFEST_FILE } from '@b3iq/wire';
import { readBounded } from '../../../update/disk/files.ts';
import { MAX_ENVELOPE_BYTES } from '../../../update/disk/keys.ts';
import { type Source, SourceError } from '../port.ts';
import { plainName } from './name.ts';

/** @param folder  such as `/run/b3iq-update-stick`; empty when no stick is there */
export function folderSource(folder: string): Source {
  return {
    from: 'usb',
    async manifest() {
      return readBounded(join(folder, UPDATE_MANIFEST_FILE), MAX_ENVELOPE_BYTES);
    },
    async open(file, offset) {
      try {
        const handle = await open(
          join(folder, plainName(file)),
          constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
        );
        const stat = await handle.stat();
        if (!stat.isFile()) {
          await handle.close();
          throw new SourceError('refused', 'what lies there is no plain file');
        }
        const start = offset <= stat.size ? offset : 0;
        return { offset: start, body: handle.createReadStream({ start }) };
      } catch (cause) {
        if (cause instanceof SourceError) throw cause;
        throw new SourceError('refused', 'the file is not there', { cause });
      }
    },
  };
}
