/**
 * Compares two files bit by bit and says where they first differ, in words that help to find out why.
 * Separate because a difference deep in a disk image means nothing until one knows the partition or section it is in.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { readPartitions, TABLE_BYTES } from './gpt.ts';
import { readSections } from './pe.ts';

/** Bytes read at a time. */
const CHUNK = 2 ** 22;

/** The first byte at which two files differ; undefined when they are the same. A shorter file differs at its end. */
export const firstDifference = (one: string, other: string): number | undefined => {
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  const buffers = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)] as const;
  try {
    for (let at = 0; ; at += CHUNK) {
      const [a, b] = [
        readSync(files[0], buffers[0], 0, CHUNK, at),
        readSync(files[1], buffers[1], 0, CHUNK, at),
      ];
      const shorter = Math.min(a, b);
      const first = buffers[0].subarray(0, shorter);
      const second = buffers[1].subarray(0, shorter);
      if (!first.equals(second)) return at + first.findIndex((byte, index) => byte !== second[index]);
      if (a !== b) return at + shorter;
      if (a === 0) return undefined;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
};

const bytesAt = (path: string, at: number): string => {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(16);
  const read = readSync(file, buffer, 0, 16, at);
  closeSync(file);
  return read === 0 ? 'the end' : buffer.subarray(0, read).toString('hex');
};

/** The part of the file that holds this byte: a partition of a disk, a section of an EFI program; undefined when none. */
const partAt = (path: string, at: number): string | undefined => {
  if (path.endsWith('.efi')) {
    const bytes = readFileSync(path);
    const section = readSections(bytes).find(
      ({ content }) =>
        at >= content.byteOffset - bytes.byteOffset &&
        at < content.byteOffset - bytes.byteOffset + content.length,
    );
    return section === undefined ? undefined : `section ${section.name}`;
  }
  if (!/_\d+\.raw$/.test(path)) return undefined;
  const file = openSync(path, 'r');
  const table = Buffer.alloc(TABLE_BYTES);
  readSync(file, table, 0, TABLE_BYTES, 0);
  closeSync(file);
  const partition = readPartitions(table).find(({ start, size }) => at >= start && at < start + size);
  return partition === undefined
    ? undefined
    : `partition ${partition.label}, byte ${at - partition.start} of it`;
};

/** How two files of the same name compare, as one line for a person. */
export const compareFiles = (name: string, one: string, other: string): { same: boolean; line: string } => {
  const absent = [one, other].find((path) => !existsSync(path));
  if (absent !== undefined) return { same: false, line: `${name}: there is no ${absent}` };
  const at = firstDifference(one, other);
  if (at === undefined) return { same: true, line: `${name}: identical, ${statSync(one).size} bytes` };
  const part = partAt(one, at);
  const place = `byte ${at}${part === undefined ? '' : ` (${part})`}`;
  return {
    same: false,
    line: `${name}: differs from ${place}: ${bytesAt(one, at)} here, ${bytesAt(other, at)} there`,
  };
};
