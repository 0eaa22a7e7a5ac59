/** Disks and partitions as our root programs see them. Pure data. */

/** Names in the partition table, as the image gives them (rootfs-overlay/usr/lib/repart.d). */
export const PARTITION_NAMES = { data: 'data', factory: 'b3iq-factory' } as const;

/** One entry of a partition table. */
export interface Partition {
  /** Such as `/dev/nvme0n1p7`. */
  readonly node: string;
  /** Its number in the table, 1 and up. */
  readonly number: number;
  /** `PARTLABEL`; empty when it has none. */
  readonly name: string;
  /** Upper-case GUID of what it is for. */
  readonly type: string;
  readonly sizeBytes: number;
}

export interface PartitionTable {
  /** Such as `/dev/nvme0n1`. */
  readonly disk: string;
  readonly label: 'gpt' | 'dos' | 'other';
  readonly partitions: readonly Partition[];
}
