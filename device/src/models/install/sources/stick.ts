/**
 * A model on the stick that the system has mounted. Separate from files of the disk: it is pulled out while it is read, and
 * comes back with other numbers for the same files.
 */
import { openOnStick, sampleOf } from '../../stick/files.ts';
import { type Source, SourceError } from './port.ts';

const gone = (cause?: unknown): SourceError =>
  new SourceError('stick-gone', 'The stick is not there or cannot be read.', { cause });

/** @param folder  where sticks are mounted; none on a Host @param name  hostile, such as `more/model.gguf` */
export function stickSource(folder: string | undefined, name: string): Source {
  return {
    async open(offset, _validator, signal) {
      const found = folder === undefined ? undefined : await openOnStick(folder, name);
      if (found?.kind === 'refused')
        throw new SourceError('source-refused', 'This is not an ordinary file of a stick.');
      if (found?.kind !== 'open') throw gone();
      const { file, sizeBytes, mtimeMs } = found;
      try {
        // FAT has no numbers of files: the kernel invents new ones each time, so that a file is known by what it holds.
        const validator = `${sizeBytes}:${mtimeMs}:${await sampleOf(file, sizeBytes)}`;
        const start = offset > sizeBytes ? 0 : offset;
        const body = file.createReadStream({ start, highWaterMark: 256 * 1024, autoClose: true });
        signal.addEventListener('abort', () => body.destroy(), { once: true });
        return {
          offset: start,
          totalBytes: sizeBytes,
          validator,
          body: untilPulled(body as AsyncIterable<Uint8Array>), // no encoding was asked for
          close: () => void body.destroy(),
        };
      } catch (cause) {
        await file.close();
        throw gone(cause);
      }
    },
  };
}

/** A line that breaks is tried again at once; a stick waits for a person. */
async function* untilPulled(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw gone(cause);
  }
}
