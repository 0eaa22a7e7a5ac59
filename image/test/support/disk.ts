/**
 * Changes a machine's disk behind its back, while it is off.
 * Separate because qemu-io writes through the overlay: the image itself stays as it is.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FILES, type MachineSpec } from '../../vm/types.ts';
import { image } from './prepared.ts';

const execute = promisify(execFile);
const disk = (spec: MachineSpec) => join(spec.folder, FILES.disk);

/** Where the partition labelled `label` begins, in bytes, by the image's own table. */
export async function partitionStart(label: string): Promise<number> {
  const { stdout } = await execute('sfdisk', ['--json', image()]);
  const table = (
    JSON.parse(stdout) as {
      readonly partitiontable: {
        readonly partitions: readonly { readonly start: number; readonly name?: string }[];
      };
    }
  ).partitiontable; // sfdisk's own
  const found = table.partitions.find((partition) => partition.name === label);
  if (found === undefined) throw new Error(`no partition "${label}" in the image`);
  return found.start * 512;
}

/** Overwrites `length` bytes at `at` with 0x5a. */
export async function spoilBytes(spec: MachineSpec, at: number, length = 1): Promise<void> {
  await execute('qemu-io', ['-f', 'qcow2', '-c', `write -P 0x5a ${at} ${length}`, disk(spec)]);
}
