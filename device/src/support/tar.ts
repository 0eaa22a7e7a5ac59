/**
 * Files as a POSIX ustar archive, as every tar of the last thirty years reads it.
 * Separate, and written here because it is forty lines: names are ours, short and plain, so none of tar's extensions is needed.
 * @see POSIX.1-2024, pax, "ustar Interchange Format"
 */

export interface TarFile {
  /** 1–100 ASCII bytes, relative, no `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
/** Eleven octal digits. */
const MAX_BYTES = 8 ** 11 - 1;

/** @param mtimeS  Unix seconds every file is dated with      @throws RangeError on a name or size that does not fit */
export function tar(files: readonly TarFile[], mtimeS: number): Uint8Array {
  const parts = files.flatMap(({ path, bytes }) => [
    header(path, bytes.length, mtimeS),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, size: number, mtimeS: number): Uint8Array {
  if (!/^[\w.-][\w./-]{0,99}$/.test(path) || path.includes('..') || size > MAX_BYTES)
    throw new RangeError('expected a short plain name and at most 8 GiB');
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${Math.floor(value).toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  block.write(path, 0, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7); // nobody's: the user of this computer is none of the reader's business
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(mtimeS, 136, 11);
  block.write('        ', 148, 'latin1'); // the checksum counts itself as blanks
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
