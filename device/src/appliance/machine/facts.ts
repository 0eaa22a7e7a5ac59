/**
 * What the machine is made of, read from what the kernel shows: Secure Boot, the disk below the owner's data.
 * Separate from the box, so that each reading can be tried on files made for it.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** @see UEFI Specification §3.3, `SecureBoot` */
const SECURE_BOOT = 'firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** Whether the firmware checked what it started. @param sys  `/sys` */
export async function isSecureBoot(sys = '/sys'): Promise<boolean> {
  try {
    // Four bytes of attributes, then the value.
    return (await readFile(join(sys, SECURE_BOOT)))[4] === 1;
  } catch {
    return false; // no UEFI, or a firmware that knows no Secure Boot
  }
}

/**
 * Whether `folder` lies on a LUKS volume.
 * @param sys  `/sys`      @see linux/Documentation/ABI/testing/sysfs-block-dm, `dm/uuid`
 */
export async function isEncrypted(folder: string, sys = '/sys'): Promise<boolean> {
  try {
    const { dev } = await stat(folder);
    const uuid = await readFile(join(sys, 'dev/block', `${majorOf(dev)}:${minorOf(dev)}`, 'dm/uuid'), 'utf8');
    return uuid.startsWith('CRYPT-LUKS');
  } catch {
    return false; // not a device-mapper volume
  }
}

/** @see glibc's bits/sysmacros.h, which makedev(3) describes */
const majorOf = (dev: number): number =>
  Number((BigInt(dev) >> 8n) & 0xfffn) | Number((BigInt(dev) >> 32n) & ~0xfffn);
const minorOf = (dev: number): number =>
  Number(BigInt(dev) & 0xffn) | Number((BigInt(dev) >> 12n) & 0xffffff00n);
