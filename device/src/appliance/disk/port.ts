/** What our root programs do to a disk. Separate so that they are tested without one. */
import type { PartitionTable } from './types.ts';

export interface Disk {
  /** The partition table of the disk this system runs from, as it is on the disk now. @throws appliance_step_failed */
  readTable(): Promise<PartitionTable>;
  /** Destroys every key of a LUKS volume; one that has none is done already. @throws appliance_step_failed */
  eraseKeys(node: string): Promise<void>;
  /** Overwrites where such a volume keeps its headers. @throws appliance_step_failed */
  wipeHeader(node: string): Promise<void>;
  /** Takes an entry out of the table, also while it is in use. @throws appliance_step_failed */
  removePartition(disk: string, number: number): Promise<void>;
}
