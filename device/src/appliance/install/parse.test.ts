import { expect, test } from 'vitest';
import { freshEntryName, parseConsoles, parseDisks } from './parse.ts';

const GIB = 2 ** 30;
const device = (path: string, more: object = {}) => ({
  path,
  type: 'disk',
  size: 500 * GIB,
  model: null,
  ro: false,
  rm: false,
  tran: 'nvme',
  partlabel: null,
  fstype: null,
  ...more,
});
const list = (...blockdevices: readonly object[]) => JSON.stringify({ blockdevices });
const part = (path: string, partlabel: string | null, fstype: string | null) =>
  device(path, { type: 'part', partlabel, fstype });

test('an internal disk is offered with what it holds', () => {
  const disks = parseDisks(
    list(
      device('/dev/nvme0n1', { model: 'Fast\u001b[31m Disk ' }),
      device('/dev/sda', { children: [part('/dev/sda1', 'EFI', 'vfat')] }),
      device('/dev/sdb', { fstype: 'ext4' }),
      device('/dev/sdc', { children: [part('/dev/sdc1', 'data', 'crypto_LUKS')] }),
      device('/dev/sdd', { children: [part('/dev/sdd1', 'b3iq-factory', 'ext4')] }),
      device('/dev/sde', { children: [part('/dev/sde1', 'data', 'ntfs')] }),
    ),
    '/dev/sdz',
  );
  expect(disks?.map(({ path, holds }) => [path, holds])).toEqual([
    ['/dev/nvme0n1', 'nothing'],
    ['/dev/sda', 'something'],
    ['/dev/sdb', 'something'],
    ['/dev/sdc', 'owner-data'],
    ['/dev/sdd', 'owner-data'],
    ['/dev/sde', 'something'],
  ]);
  expect(disks?.[0]?.model).toBe('Fast[31m Disk');
  expect(disks?.[1]?.model).toBe('Disk');
});

test('the stick itself, other sticks, small, read-only and virtual disks are not offered', () => {
  const text = list(
    device('/dev/nvme0n1'),
    device('/dev/sdb', { tran: 'usb' }),
    device('/dev/sdc', { rm: true }),
    device('/dev/sdd', { ro: true }),
    device('/dev/sde', { size: 4 * GIB }),
    device('/dev/zram0'),
    device('/dev/sr0', { type: 'rom' }),
  );
  expect(parseDisks(text, '/dev/nvme0n1')).toEqual([]);
});

test('what lsblk does not write is no list', () => {
  expect(parseDisks('', '/dev/sda')).toBeUndefined();
  expect(parseDisks('{"blockdevices":[{"path":"../etc"}]}', '/dev/sda')).toBeUndefined();
});

test('consoles are the kernel’s, each once, and nothing that is no device name', () => {
  expect(parseConsoles('tty0 ttyS0\n')).toEqual(['/dev/tty1', '/dev/ttyS0']);
  expect(parseConsoles('tty1 tty0')).toEqual(['/dev/tty1']);
  expect(parseConsoles('../etc/passwd hvc0')).toEqual(['/dev/hvc0']);
});

test('a kernel image begins its tries anew on another disk', () => {
  expect(freshEntryName('b3iq_4+1-2.efi')).toBe('b3iq_4+3-0.efi');
  expect(freshEntryName('b3iq_4.efi')).toBe('b3iq_4+3-0.efi');
  expect(freshEntryName('other.efi')).toBe('other.efi');
});
