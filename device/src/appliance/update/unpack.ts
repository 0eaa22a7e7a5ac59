/**
 * From the fetcher's folder into root's own: every byte is hashed on the way, and only what was signed arrives.
 * Separate from writing because here a stranger's file becomes one that counts. What is copied can no longer be
 * changed by whoever brought it.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { UpdateArtefact } from '@b3iq/wire';
import type { Obstacle } from '../../update/types.ts';
import { isNoSpace } from './download.ts';

/** Zeros of this length become a hole: a root is mostly empty space after its end. */
const BLOCK_BYTES = 65_536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/**
 * Copies `from` to `to`, decompressed, and proves it.
 * @param onBytes  bytes read so far, of `artefact.size_bytes`
 * @returns undefined when `to` holds what was signed; else why not, and `to` is not to be used
 */
export async function unpack(
  from: string,
  to: string,
  artefact: UpdateArtefact,
  onBytes: (done: number) => void,
): Promise<Obstacle | undefined> {
  let source: FileHandle;
  try {
    source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return 'damaged'; // the fetcher promised it and it is not there
  }
  try {
    const { size } = await source.stat();
    if (size !== artefact.size_bytes) return 'damaged';
    const target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      const hash = createHash('sha256');
      let read = 0;
      let written = 0;
      const bytes = source.createReadStream({ autoClose: false, highWaterMark: 1_048_576 });
      const prove = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          read += chunk.length;
          onBytes(read);
          yield chunk;
        }
      };
      const write = async (chunks: AsyncIterable<Buffer>) => {
        written = await writeSparse(chunks, target, artefact.content_size_bytes);
      };
      try {
        if (artefact.compression === 'none') await pipeline(bytes, prove, write);
        else await pipeline(bytes, prove, createZstdDecompress(), write);
      } catch (error) {
        if (isNoSpace(error)) return 'no-space';
        return 'damaged'; // it does not decompress, or to something longer than it said
      }
      if (written !== artefact.content_size_bytes || hash.digest('hex') !== artefact.sha256) return 'damaged';
      await target.sync();
      return undefined;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Writes a stream with holes for zeros. @returns its length      @throws RangeError when it is longer than `maxBytes` */
async function writeSparse(
  stream: AsyncIterable<Buffer>,
  file: FileHandle,
  maxBytes: number,
): Promise<number> {
  let length = 0;
  for await (const chunk of stream) {
    if (length + chunk.length > maxBytes) throw new RangeError('longer than it was said to be');
    for (let at = 0; at < chunk.length; at += BLOCK_BYTES) {
      const block = chunk.subarray(at, at + BLOCK_BYTES);
      if (!ZEROS.subarray(0, block.length).equals(block)) await writeAll(file, block, length + at);
    }
    length += chunk.length;
  }
  await file.truncate(length);
  return length;
}

/** write(2) may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}
