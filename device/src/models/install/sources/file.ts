/** A model in a file of this machine or on a stick. Separate from servers: here a version is a file's own identity. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Source, SourceError } from './port.ts';

/** @param path  hostile: of anything at all */
export function fileSource(path: string): Source {
  return {
    async open(offset, _validator, signal) {
      // Else opening a pipe would wait for somebody to write into it.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
        throw new SourceError('source-refused', 'The file cannot be read.', { cause });
      });
      try {
        const facts = await file.stat();
        if (!facts.isFile()) throw new SourceError('source-refused', 'This is not an ordinary file.');
        const start = offset > facts.size ? 0 : offset;
        const body = file.createReadStream({ start, highWaterMark: 256 * 1024, autoClose: true });
        signal.addEventListener('abort', () => body.destroy(), { once: true });
        return {
          offset: start,
          totalBytes: facts.size,
          validator: `${facts.dev}:${facts.ino}:${facts.mtimeMs}`,
          body: body as AsyncIterable<Uint8Array>, // no encoding was asked for
          close: () => void body.destroy(),
        };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
  };
}
