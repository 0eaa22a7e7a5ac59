/**
 * Reads what signing adds to an EFI program: sections by name, and the signature at its end. Pure.
 * Separate because a release is compared without its keys: its signatures are read from what was published.
 * @see Microsoft's PE Format, "Optional Header Data Directories" and "The Attribute Certificate Table"
 */

export interface Section {
  readonly name: string;
  readonly content: Uint8Array;
}

const headerOf = (view: DataView): number => {
  if (view.byteLength < 64 || view.getUint16(0, true) !== 0x5a4d)
    throw new Error('not an EFI program: no MZ mark');
  const at = view.getUint32(60, true);
  if (at + 24 > view.byteLength || view.getUint32(at, true) !== 0x4550)
    throw new Error('not an EFI program: no PE mark');
  return at;
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * All sections in file order; names may repeat, one set for each boot entry.
 * @throws Error when the bytes are not an EFI program or a section lies outside them
 */
export const readSections = (bytes: Uint8Array): Section[] => {
  const view = viewOf(bytes);
  const header = headerOf(view);
  const first = header + 24 + view.getUint16(header + 20, true);
  return Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => {
    const at = first + index * 40;
    if (at + 40 > bytes.length) throw new Error('a section header lies outside the file');
    const name = new TextDecoder().decode(bytes.subarray(at, at + 8)).replace(/\0+$/, '');
    const virtualSize = view.getUint32(at + 8, true);
    const size = Math.min(virtualSize, view.getUint32(at + 16, true));
    const offset = view.getUint32(at + 20, true);
    if (offset + size > bytes.length) throw new Error(`section ${name} lies outside the file`);
    return { name, content: bytes.subarray(offset, offset + size) };
  });
};

/** The header's four bytes of checksum, which no signature covers. @see Microsoft PE format, Optional header, CheckSum */
export const readChecksum = (bytes: Uint8Array): Uint8Array => {
  const at = headerOf(viewOf(bytes)) + 24 + 64;
  if (at + 4 > bytes.length) throw new Error('not an EFI program');
  return bytes.subarray(at, at + 4);
};

/**
 * The PKCS#7 signature that was appended to a program last; undefined when it has none. A distribution's kernel comes with
 * one, and ours follows it. @see Microsoft PE format, The attribute certificate table
 * @throws Error when the certificate table lies outside the file
 */
export const readSignature = (bytes: Uint8Array): Uint8Array | undefined => {
  const view = viewOf(bytes);
  const header = headerOf(view);
  if (view.getUint16(header + 24, true) !== 0x20b) throw new Error('not a 64-bit EFI program');
  // Entry 4 of the data directories: here, and only here, the address is an offset in the file.
  const entry = header + 24 + 112 + 4 * 8;
  const at = view.getUint32(entry, true);
  if (at === 0) return undefined;
  const end = at + view.getUint32(entry + 4, true);
  if (end > bytes.length) throw new Error('the certificate table lies outside the file');
  let last: Uint8Array | undefined;
  for (let next = at; next < end; ) {
    const length = next + 8 > end ? 0 : view.getUint32(next, true);
    if (length < 8 || next + length > end) throw new Error('the certificate table lies outside the file');
    last = bytes.subarray(next + 8, next + length);
    next += Math.ceil(length / 8) * 8;
  }
  return last;
};
