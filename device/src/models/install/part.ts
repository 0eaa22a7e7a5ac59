/**
 * The bytes that are here, on disk. A part of so many bytes counts once it lies on the disk *and* its hash does, in `chunks`:
 * whatever happens in between, the next start finds whole parts, proves them again and goes on after them.
 * Separate because it is the only file that writes a model's bytes.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256Hex } from '@b3iq/wire';
import { syncFolder } from '../../os/files.ts';
import { parseChunkMap } from './parse.ts';

export const PART = 'part';
export const CHUNK_MAP = 'chunks';
/** Readable by the group, so that an engine of another user can load it. */
export const MODEL_MODE = 0o640;
/** Of a line of the map: 64 digits and its end. */
const LINE_BYTES = 65;
const READ_BYTES = 1024 * 1024;

export interface PartOptions {
  readonly chunkBytes: number;
  /** What each chunk must be, where that was said. */
  readonly chunkSha256?: readonly Sha256Hex[] | undefined;
  /** Called while what is here is proven again. */
  readonly onProven?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export class PartFile {
  readonly #data: FileHandle;
  readonly #map: FileHandle;
  readonly #chunkBytes: number;
  readonly #wanted: readonly Sha256Hex[] | undefined;
  #whole = createHash('sha256');
  #chunk = createHash('sha256');
  /** `#whole` as it was where the open chunk begins: a chunk can be taken back. */
  #wholeBefore = this.#whole.copy();
  #chunks = 0;
  #provenBytes = 0;
  #bytes = 0;

  private constructor(data: FileHandle, map: FileHandle, { chunkBytes, chunkSha256 }: PartOptions) {
    this.#data = data;
    this.#map = map;
    this.#chunkBytes = chunkBytes;
    this.#wanted = chunkSha256;
  }

  /** Opens what is in `folder`, or begins; proves again what is there and drops what cannot be proven. */
  static async open(folder: string, options: PartOptions): Promise<PartFile> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    // A link to another program's file is never written to.
    const there = await lstat(join(folder, PART)).catch(() => undefined);
    if (there !== undefined && there.nlink > 1) await rm(join(folder, PART));
    const data = await open(join(folder, PART), flags, MODEL_MODE);
    let map: FileHandle | undefined;
    try {
      await data.chmod(MODEL_MODE); // the agent's own umask leaves the group out
      map = await open(join(folder, CHUNK_MAP), flags, MODEL_MODE);
      const part = new PartFile(data, map, options);
      await part.#prove(options);
      await syncFolder(folder);
      return part;
    } catch (error) {
      await data.close();
      await map?.close();
      throw error;
    }
  }

  /** That are here, whole chunks or not. */
  get bytes(): number {
    return this.#bytes;
  }
  /** That would be here after a loss of power. */
  get provenBytes(): number {
    return this.#provenBytes;
  }
  /** How many chunks are proven: the number of the one that is open. */
  get chunks(): number {
    return this.#chunks;
  }
  /** To read what is here; not to write. */
  get file(): FileHandle {
    return this.#data;
  }

  /** @returns false when a chunk ended that is not what it must be: it is gone again, all before it stays */
  async append(data: Uint8Array): Promise<boolean> {
    let rest = data;
    while (rest.length > 0) {
      const room = this.#provenBytes + this.#chunkBytes - this.#bytes;
      const piece = rest.subarray(0, room);
      await this.#write(piece);
      rest = rest.subarray(piece.length);
      if (piece.length === room && !(await this.#endChunk())) return false;
    }
    return true;
  }

  /** Ends the last, shorter chunk. @returns as `append` does */
  async end(): Promise<boolean> {
    return this.#bytes === this.#provenBytes || (await this.#endChunk());
  }

  /** Of all bytes that are here. */
  digest(): Sha256Hex {
    return this.#whole.copy().digest('hex') as Sha256Hex; // SHA-256 in hex is one
  }

  /** Drops the chunk that is open: after a full disk it may be half written. */
  async rewind(): Promise<void> {
    this.#bytes = this.#provenBytes;
    this.#whole = this.#wholeBefore.copy();
    this.#chunk = createHash('sha256');
    await this.#data.truncate(this.#provenBytes);
    await this.#map.truncate(this.#chunks * LINE_BYTES);
  }

  async startOver(): Promise<void> {
    this.#chunks = 0;
    this.#provenBytes = 0;
    this.#wholeBefore = createHash('sha256');
    await this.#map.truncate(0);
    await this.#map.datasync();
    await this.rewind();
  }

  async close(): Promise<void> {
    await this.#data.close();
    await this.#map.close();
  }

  async #write(piece: Uint8Array): Promise<void> {
    let written = 0;
    while (written < piece.length) {
      // A disk that is nearly full writes less than it is given, and says so only at the next write.
      const { bytesWritten } = await this.#data.write(piece, written, undefined, this.#bytes + written);
      written += bytesWritten;
    }
    this.#take(piece);
  }

  #take(piece: Uint8Array): void {
    this.#whole.update(piece);
    this.#chunk.update(piece);
    this.#bytes += piece.length;
  }

  async #endChunk(): Promise<boolean> {
    const hash = this.#chunk.digest('hex');
    if (this.#wanted !== undefined && this.#wanted[this.#chunks] !== hash) {
      await this.rewind();
      return false;
    }
    await this.#data.datasync();
    await this.#map.write(`${hash}\n`, this.#chunks * LINE_BYTES);
    await this.#map.datasync();
    this.#countChunk();
    return true;
  }

  #countChunk(): void {
    this.#chunks += 1;
    this.#provenBytes = this.#bytes;
    this.#wholeBefore = this.#whole.copy();
    this.#chunk = createHash('sha256');
  }

  async #prove({ onProven, signal }: PartOptions): Promise<void> {
    const { size } = await this.#data.stat();
    const hashes = parseChunkMap(await this.#map.readFile('utf8'));
    for (const hash of hashes) {
      const bytes = Math.min(this.#chunkBytes, size - this.#provenBytes);
      if (bytes <= 0) break;
      await this.#readIn(bytes, signal);
      const isWanted = this.#wanted === undefined || this.#wanted[this.#chunks] === hash;
      if (!isWanted || this.#chunk.copy().digest('hex') !== hash) break;
      this.#countChunk();
      onProven?.(this.#provenBytes);
    }
    await this.rewind();
  }

  async #readIn(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const window = Buffer.allocUnsafe(Math.min(bytes, READ_BYTES));
    let left = bytes;
    while (left > 0) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.#data.read(window, 0, Math.min(left, window.length), this.#bytes);
      if (bytesRead === 0) return;
      this.#take(window.subarray(0, bytesRead));
      left -= bytesRead;
    }
  }
}
