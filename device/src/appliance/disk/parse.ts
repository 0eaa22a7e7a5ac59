/** `sfdisk --json` to a partition table. Pure. What is on a disk may be anybody's. @see sfdisk(8) */
import { z } from 'zod';
import type { PartitionTable } from './types.ts';

const devicePath = z.string().regex(/^\/dev\/[A-Za-z0-9/_-]{1,100}$/);
const dump = z.object({
  partitiontable: z.object({
    label: z.string(),
    device: devicePath,
    sectorsize: z.int().min(512).max(65_536).optional(),
    partitions: z
      .array(
        z.object({
          node: devicePath,
          size: z.int().min(0),
          type: z.string().max(64),
          name: z.string().max(72).optional(),
        }),
      )
      .optional(),
  }),
});

/** @returns undefined when the text is not what sfdisk writes */
export function parsePartitionTable(text: string): PartitionTable | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = dump.safeParse(json);
  if (data === undefined) return undefined;
  const { label, device, sectorsize = 512, partitions = [] } = data.partitiontable;
  const numbered = partitions.map((entry) => ({ entry, number: partitionNumber(device, entry.node) }));
  if (numbered.some(({ number }) => number === undefined)) return undefined;
  return {
    disk: device,
    label: label === 'gpt' || label === 'dos' ? label : 'other',
    partitions: numbered.map(({ entry, number = 0 }) => ({
      node: entry.node,
      number,
      name: entry.name ?? '',
      type: entry.type.toUpperCase(),
      sizeBytes: entry.size * sectorsize,
    })),
  };
}

/** `/dev/sda3` of `/dev/sda` is 3, `/dev/nvme0n1p3` of `/dev/nvme0n1` is 3. */
function partitionNumber(disk: string, node: string): number | undefined {
  if (!node.startsWith(disk)) return undefined;
  const digits = /^p?([1-9]\d{0,2})$/.exec(node.slice(disk.length))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
