/**
 * Reads a disk image's partition table. Pure.
 * Separate because a comparison names the partition a difference lies in, and finds the boot partition's files.
 * @see UEFI Specification 2.10, §5.3
 */

export interface Partition {
  readonly label: string;
  /** Lower case, as Linux prints it. */
  readonly type: string;
  readonly uuid: string;
  /** Bytes from the start of the disk. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
}

const SECTOR = 512;
/** Bytes from the start of the disk that hold the table: protective MBR, header, 128 entries of 128 bytes. */
export const TABLE_BYTES = 34 * SECTOR;
/** The type of an EFI system partition. */
export const ESP_TYPE = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

/** A GUID's text: the first three groups are stored little endian. */
const guid = (bytes: Uint8Array): string => {
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    .map((index) => (bytes[index] ?? 0).toString(16).padStart(2, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/**
 * The partitions in table order.
 * @param bytes  the first `TABLE_BYTES` of the disk
 * @throws Error when there is no GPT
 */
export const readPartitions = (bytes: Uint8Array): Partition[] => {
  const text = new TextDecoder('latin1');
  if (bytes.length < TABLE_BYTES || text.decode(bytes.subarray(SECTOR, SECTOR + 8)) !== 'EFI PART')
    throw new Error('no partition table of kind GPT');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const partitions: Partition[] = [];
  for (let at = 2 * SECTOR; at + 128 <= TABLE_BYTES; at += 128) {
    const type = guid(bytes.subarray(at, at + 16));
    if (type === '00000000-0000-0000-0000-000000000000') continue;
    const first = Number(view.getBigUint64(at + 32, true));
    const last = Number(view.getBigUint64(at + 40, true));
    partitions.push({
      label: new TextDecoder('utf-16le').decode(bytes.subarray(at + 56, at + 128)).replace(/\0.*$/, ''),
      type,
      uuid: guid(bytes.subarray(at + 16, at + 32)),
      start: first * SECTOR,
      size: (last - first + 1) * SECTOR,
    });
  }
  return partitions;
};
