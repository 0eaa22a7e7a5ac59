/** What the system says of disks, consoles and boot entries, to what installing needs. Pure. Names come from whoever made the disk. @see lsblk(8) */
import { z } from 'zod';
import { PARTITION_NAMES } from '../disk/types.ts';
import type { Holds, TargetDisk } from './types.ts';

/** What the columns must be: `lsblk --json --bytes --output …`. */
export const LSBLK_COLUMNS = 'PATH,TYPE,SIZE,MODEL,RO,RM,TRAN,PARTLABEL,FSTYPE';
/** System, both slots, factory record, and room for a model. */
export const LEAST_BYTES = 8 * 2 ** 30;

interface Device {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly model: string | null;
  readonly ro: boolean;
  readonly rm: boolean;
  readonly tran: string | null;
  readonly partlabel: string | null;
  readonly fstype: string | null;
  readonly children?: readonly Device[] | undefined;
}
const text = z.string().max(512).nullable();
const device: z.ZodType<Device> = z.object({
  path: z.string().regex(/^\/dev\/[A-Za-z0-9/_.-]{1,100}$/),
  type: z.string().max(32),
  size: z.int().min(0),
  model: text,
  ro: z.boolean(),
  rm: z.boolean(),
  tran: text,
  partlabel: text,
  fstype: text,
  get children() {
    return z.array(device).optional();
  },
});
const listing = z.object({ blockdevices: z.array(device) });

/**
 * Internal disks that are large enough and may be written to, without the one this system runs from.
 * @param ownDisk  path of that one      @returns undefined when the text is not what lsblk writes
 */
export function parseDisks(json: string, ownDisk: string): readonly TargetDisk[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  return listing
    .safeParse(parsed)
    .data?.blockdevices.filter((one) => isCandidate(one, ownDisk))
    .map((one) => ({
      path: one.path,
      sizeBytes: one.size,
      model: plain(one.model),
      holds: holdsOf(one),
    }));
}

function isCandidate({ path, type, size, ro, rm, tran }: Device, ownDisk: string): boolean {
  const isVirtual = /^\/dev\/(?:zram|loop|ram|sr|fd|nbd|md)\d/.test(path);
  return (
    type === 'disk' && !isVirtual && path !== ownDisk && !ro && !rm && tran !== 'usb' && size >= LEAST_BYTES
  );
}

function holdsOf(disk: Device): Holds {
  const below = (one: Device): readonly Device[] => [one, ...(one.children ?? []).flatMap(below)];
  const all = below(disk);
  const isOurs = ({ partlabel, fstype }: Device) =>
    partlabel === PARTITION_NAMES.factory || (partlabel === PARTITION_NAMES.data && fstype === 'crypto_LUKS');
  if (all.some(isOurs)) return 'owner-data';
  return all.length > 1 || disk.fstype !== null ? 'something' : 'nothing';
}

/** Without anything that would move a cursor or colour a line. */
function plain(model: string | null): string {
  const words = (model ?? '')
    .replace(/[^ -~]/g, '')
    .trim()
    .slice(0, 40);
  return words === '' ? 'Disk' : words;
}

/** Devices of the kernel's active consoles: `tty0` is whatever the screen shows, which is `tty1`. @see linux/Documentation/ABI/testing/sysfs-tty */
export function parseConsoles(active: string): readonly string[] {
  const names = active.split(/\s+/).filter((name) => /^[A-Za-z]{2,10}\d{1,3}$/.test(name));
  return [...new Set(names.map((name) => `/dev/${name === 'tty0' ? 'tty1' : name}`))];
}

/** `b3iq_4+1-2.efi` and `b3iq_4.efi` as `b3iq_4+3-0.efi`: on a new machine it has to prove itself. @see UAPI.1 Boot Counting */
export function freshEntryName(name: string): string {
  const stem = /^([a-z0-9]+_\d+)(?:\+\d+(?:-\d+)?)?\.efi$/.exec(name)?.[1];
  return stem === undefined ? name : `${stem}+3-0.efi`;
}
