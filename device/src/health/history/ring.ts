/**
 * The history in one file of fixed size: a record a minute, at the minute's own place modulo seven days.
 * A file and not a table in SQLite, because its size is known beforehand (10,080 × 256 bytes), a write is one sector in
 * place that never blocks the thread that streams answers, and a cut costs at most the minute being written.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import type { History } from './port.ts';
import { decodeSample, encodeSample, minuteOf, RECORD_BYTES } from './record.ts';
import { HISTORY_MINUTES, type Sample } from './types.ts';

/** Of the file, and of the copy in memory that is read from: 2,580,480. */
export const RING_BYTES = HISTORY_MINUTES * RECORD_BYTES;

/** Records in memory by place; the form of the file, without it. */
export class Ring implements History {
  readonly #bytes: Buffer;
  #newest: number | undefined;

  /** @param bytes  as they lay in the file; what is missing or damaged is empty */
  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = Buffer.alloc(RING_BYTES);
    this.#bytes.set(bytes.subarray(0, RING_BYTES));
    for (let slot = 0; slot < HISTORY_MINUTES; slot++) {
      const minute = minuteOf(this.#record(slot));
      // A record in another's place was never written by us.
      if (minute === undefined || minute % HISTORY_MINUTES !== slot) this.#record(slot).fill(0);
      else this.#newest = Math.max(this.#newest ?? 0, minute);
    }
  }

  async append(sample: Sample): Promise<void> {
    this.put(sample);
  }

  /** @returns the record and where in the file it belongs */
  put(sample: Sample): { readonly record: Uint8Array; readonly at: number } {
    const slot = sample.minute % HISTORY_MINUTES;
    const record = encodeSample(sample);
    this.#record(slot).set(record);
    this.#newest = Math.max(this.#newest ?? 0, sample.minute);
    return { record, at: slot * RECORD_BYTES };
  }

  between(afterMinute: number, upToMinute: number): readonly Sample[] {
    const found: Sample[] = [];
    const from = Math.max(afterMinute + 1, upToMinute - HISTORY_MINUTES + 1, 0);
    for (let minute = from; minute <= upToMinute; minute++) {
      const record = this.#record(minute % HISTORY_MINUTES);
      // What lies here may be of another week, or of a time when the clock was wrong.
      if (record.readUInt32LE(8) === minute && record.readUInt16LE(4) !== 0) found.push(decodeSample(record));
    }
    return found;
  }

  newestMinute(): number | undefined {
    return this.#newest;
  }

  async forgetAfter(minute: number): Promise<void> {
    this.dropAfter(minute);
  }

  /** @returns the whole content as it is then; undefined when nothing had to go */
  dropAfter(minute: number): Uint8Array | undefined {
    if (this.#newest === undefined || this.#newest <= minute) return undefined;
    this.#newest = undefined;
    for (let slot = 0; slot < HISTORY_MINUTES; slot++) {
      const record = this.#record(slot);
      if (record.readUInt16LE(4) === 0) continue;
      const at = record.readUInt32LE(8);
      if (at > minute) record.fill(0);
      else this.#newest = Math.max(this.#newest ?? 0, at);
    }
    return this.#bytes;
  }

  async close(): Promise<void> {}

  #record(slot: number): Buffer {
    return this.#bytes.subarray(slot * RECORD_BYTES, (slot + 1) * RECORD_BYTES);
  }
}

/** Opens the history at `path`, made for this user alone. Never throws: without a disk it remembers while it runs. */
export async function openHistory(path: string, log: Log): Promise<History> {
  let file: FileHandle | undefined;
  const bytes = Buffer.alloc(RING_BYTES);
  try {
    file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    await file.read(bytes, 0, RING_BYTES, 0);
  } catch (error) {
    log.warn('health.history_unread', { reason: errorChain(error) });
  }
  const ring = new Ring(bytes);
  let isFailing = false;
  const write = async (part: Uint8Array, at: number) => {
    try {
      await file?.write(part, 0, part.length, at);
      await file?.datasync();
      isFailing = false;
    } catch (error) {
      // Once, not every minute: the disk's own warning tells the owner.
      if (!isFailing) log.warn('health.history_unwritten', { reason: errorChain(error) });
      isFailing = true;
    }
  };
  return {
    append: async (sample) => {
      const { record, at } = ring.put(sample);
      await write(record, at);
    },
    forgetAfter: async (minute) => {
      const rest = ring.dropAfter(minute);
      if (rest !== undefined) await write(rest, 0);
    },
    between: (afterMinute, upToMinute) => ring.between(afterMinute, upToMinute),
    newestMinute: () => ring.newestMinute(),
    close: async () => {
      await file?.close();
      file = undefined;
    },
  };
}
