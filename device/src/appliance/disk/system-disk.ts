/** The disk this machine runs from, by way of cryptsetup, sfdisk and the kernel's own block devices. */
import { constants } from 'node:fs';
import { open, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { CodedError } from '../../errors.ts';
import { parsePartitionTable } from './parse.ts';
import type { Disk } from './port.ts';
import type { PartitionTable } from './types.ts';

/** Both headers and every key slot of LUKS 2 lie before the data, which begins at 16 MiB. @see LUKS2 specification §2.1 */
const HEADER_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** A disk that answers so late is broken. */
const TIMEOUT_MS = 120_000;

/** @param ownPartition  any partition of our disk, such as `/dev/disk/b3iq/factory` */
export function systemDisk(ownPartition = '/dev/disk/b3iq/factory'): Disk {
  return {
    readTable: async () => readTableOf(await diskOf(ownPartition)),
    async eraseKeys(node) {
      const isLuks = await run('cryptsetup', ['isLuks', node]);
      if (isLuks === 'refused') return;
      if ((await run('cryptsetup', ['--batch-mode', 'erase', node])) === 'refused')
        throw new CodedError(
          'appliance_step_failed',
          'The keys of the data partition could not be destroyed.',
        );
    },
    async wipeHeader(node) {
      const zeros = Buffer.alloc(CHUNK_BYTES);
      try {
        const file = await open(node, constants.O_WRONLY);
        try {
          for (let at = 0; at < HEADER_BYTES; at += CHUNK_BYTES) await file.write(zeros, 0, CHUNK_BYTES, at);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw new CodedError('appliance_step_failed', 'The data partition could not be overwritten.', {
          cause,
        });
      }
    },
    async removePartition(disk, number) {
      // In use until the restart: only the table on the disk is changed, the kernel keeps its own until then.
      const args = ['--force', '--no-reread', '--no-tell-kernel', '--delete', disk, String(number)];
      if ((await run('sfdisk', args)) === 'refused')
        throw new CodedError('appliance_step_failed', 'The data partition could not be taken off the table.');
    },
  };
}

/** The table of any disk. @throws appliance_step_failed */
export async function readTableOf(disk: string): Promise<PartitionTable> {
  const { stdout } = await execa('sfdisk', ['--json', disk], { timeout: TIMEOUT_MS, reject: false });
  const table = parsePartitionTable(stdout);
  if (table === undefined)
    throw new CodedError('appliance_step_failed', 'The partition table could not be read.');
  return table;
}

/** The whole disk a partition lies on. @see linux/Documentation/ABI/testing/sysfs-block, `partition` */
export async function diskOf(partition: string): Promise<string> {
  try {
    const name = basename(await realpath(partition));
    const folder = join('/sys/class/block', name);
    await readFile(join(folder, 'partition')); // there is one only for partitions
    return join('/dev', basename(dirname(await realpath(folder))));
  } catch (cause) {
    throw new CodedError('appliance_step_failed', 'The disk of this system was not found.', { cause });
  }
}

async function run(program: string, args: readonly string[]): Promise<'done' | 'refused'> {
  const result = await execa(program, args, { stdin: 'ignore', timeout: TIMEOUT_MS, reject: false });
  return result.failed ? 'refused' : 'done';
}
