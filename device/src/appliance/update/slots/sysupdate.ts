/**
 * The slots by systemd-sysupdate, the boot partition by its files. Which goes where is said by the transfer files in
 * rootfs-overlay/usr/lib/sysupdate.d; this only starts it, follows it, and clears the boot partition before it.
 */
import { open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseEntryName } from '../../../update/parse.ts';
import type { BootEntry } from '../../../update/types.ts';
import type { Slots } from '../port.ts';
import { progressReader } from './parse.ts';

export interface SysupdateOptions {
  readonly imageId: string;
  /** Such as `/usr/lib/systemd/systemd-sysupdate`, with whatever must stand before `update`. */
  readonly command?: readonly [string, ...string[]];
  /** Folder of the mounted boot partition; asked of bootctl when left out. */
  readonly boot?: string;
}

export function sysupdateSlots(options: SysupdateOptions): Slots {
  const [program, ...before] = options.command ?? ['/usr/lib/systemd/systemd-sysupdate'];
  const linux = async () => join(options.boot ?? (await bootFolder()), 'EFI', 'Linux');
  return {
    async entries() {
      return (await readdir(await linux())).flatMap((name) => parseEntryName(name, options.imageId) ?? []);
    },
    async keepOnly(running) {
      const folder = await linux();
      for (const name of await readdir(folder)) {
        const entry: BootEntry | undefined = parseEntryName(name, options.imageId);
        // Half-written kernel images of a try that was interrupted go too; nobody else's files.
        const isLeftover = name.startsWith('.#sysupdate');
        if (isLeftover || (entry !== undefined && entry.version !== running))
          await unlink(join(folder, name));
      }
      await syncFat(folder);
    },
    async write(staged, onBytes) {
      const child = execa(program, [...before, 'update', String(staged.version)], {
        stdin: 'ignore',
        stdout: 'ignore',
        lines: true,
        // It names files and sums, nothing secret; the last lines go into the error.
        env: { SYSTEMD_LOG_LEVEL: 'info', SYSTEMD_LOG_TARGET: 'console', SYSTEMD_COLORS: '0' },
        maxBuffer: 1_000_000,
      });
      const progress = progressReader(staged.files);
      for await (const line of child.iterable({ from: 'stderr' })) {
        const done = progress(line);
        if (done !== undefined) onBytes(done);
      }
      await child;
    },
  };
}

/** Where the boot partition is; asking mounts it. @see bootctl(1) */
async function bootFolder(): Promise<string> {
  const { stdout } = await execa('bootctl', ['--print-esp-path'], { stdin: 'ignore', timeout: 60_000 });
  return stdout;
}

/** Makes removed names durable; vfat knows fsync of a folder only as a sync of the whole. */
async function syncFat(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
