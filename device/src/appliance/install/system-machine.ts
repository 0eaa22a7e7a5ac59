/** The real machine behind the installation: lsblk lists, systemd-repart writes. @see systemd-repart(8), `CopyBlocks=auto` */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CodedError } from '../../errors.ts';
import { diskOf } from '../disk/system-disk.ts';
import { freshEntryName, LSBLK_COLUMNS, parseDisks } from './parse.ts';
import type { Machine } from './port.ts';

/** Partitions of a fresh disk (rootfs-overlay/usr/lib/b3iq/install.repart.d). */
const DEFINITIONS = '/usr/lib/b3iq/install.repart.d';
/** Where those definitions find the boot partition's files. */
const STAGED_ESP = '/run/b3iq-install/esp';
/** A gigabyte onto the slowest disk we would meet. */
const WRITE_MS = 30 * 60_000;

export function systemMachine(): Machine {
  return {
    hasTpm: () => existsSync('/dev/tpmrm0'),
    async disks() {
      const { stdout } = await execa('lsblk', ['--json', '--bytes', '--tree', '--output', LSBLK_COLUMNS]);
      const found = parseDisks(stdout, await ownDisk());
      if (found === undefined)
        throw new CodedError('appliance_step_failed', 'The disks could not be listed.');
      return found;
    },
    async write({ path }) {
      await stageBootPartition();
      const result = await execa(
        'systemd-repart',
        // A seed of its own: with the machine's, ids on stick and disk would be the same.
        ['--dry-run=no', '--empty=force', '--seed=random', `--definitions=${DEFINITIONS}`, path],
        { stdin: 'ignore', timeout: WRITE_MS, reject: false },
      );
      await rm(STAGED_ESP, { recursive: true, force: true });
      if (result.failed)
        throw new CodedError('appliance_step_failed', 'systemd-repart could not write the disk.', {
          cause: new Error(result.stderr.slice(-500) || result.shortMessage),
        });
    },
  };
}

/** The disk the root file system comes from: verity lays it over two partitions of one disk. @see stat(2), sysfs `slaves` */
async function ownDisk(): Promise<string> {
  const { dev } = await stat('/');
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const [slave] = await readdir(`/sys/dev/block/${major}:${minor}/slaves`);
  if (slave === undefined)
    throw new CodedError('appliance_step_failed', 'The disk of this system was not found.');
  return diskOf(join('/dev', slave));
}

/** The boot partition's files as a new machine wants them: all tries unused, no random seed of another machine. */
async function stageBootPartition(): Promise<void> {
  const { stdout: boot } = await execa('bootctl', ['--print-esp-path'], { stdin: 'ignore' });
  await rm(STAGED_ESP, { recursive: true, force: true });
  await mkdir(STAGED_ESP, { recursive: true, mode: 0o700 });
  await cp(boot, STAGED_ESP, { recursive: true });
  await rm(join(STAGED_ESP, 'loader/random-seed'), { force: true });
  const kernels = join(STAGED_ESP, 'EFI/Linux');
  for (const name of await readdir(kernels)) {
    const fresh = freshEntryName(name);
    if (fresh !== name) await rename(join(kernels, name), join(kernels, fresh));
  }
}
