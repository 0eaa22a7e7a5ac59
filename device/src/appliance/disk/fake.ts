/** A disk of one table, for tests; remembers what was done to it in order. */
import type { Disk } from './port.ts';
import type { Partition, PartitionTable } from './types.ts';

export class FakeDisk implements Disk {
  partitions: readonly Partition[];
  readonly done: string[] = [];
  /** Called before each step; throws where the power fails. */
  onStep: (step: string) => void = () => {};
  constructor(names: readonly string[]) {
    this.partitions = names.map((name, index) => ({
      node: `/dev/vda${index + 1}`,
      number: index + 1,
      name,
      type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
      sizeBytes: 64 * 2 ** 20,
    }));
  }
  async readTable(): Promise<PartitionTable> {
    return { disk: '/dev/vda', label: 'gpt', partitions: this.partitions };
  }
  async eraseKeys(node: string): Promise<void> {
    this.#do(`erase ${node}`);
  }
  async wipeHeader(node: string): Promise<void> {
    this.#do(`wipe ${node}`);
  }
  async removePartition(disk: string, number: number): Promise<void> {
    this.#do(`remove ${disk} ${number}`);
    this.partitions = this.partitions.filter((partition) => partition.number !== number);
  }
  #do(step: string): void {
    this.onStep(step);
    this.done.push(step);
  }
}
