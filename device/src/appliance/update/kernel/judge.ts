/**
 * Whether a kernel image belongs to the version it came with and to this machine. Pure.
 * Separate from the firmware's own question, the signature: an image that starts and cannot open the disk, or that names
 * another root, would cost three starts before the machine is back.
 */
import type { UpdateManifest } from '@b3iq/wire';
import { parseOsRelease } from '../../../update/parse.ts';
import type { Obstacle } from '../../../update/types.ts';
import { parseRootHash, parseSections, partitionIds, sectionText } from './parse.ts';

/** @param diskKey  PEM of the key that may open this machine's disk; undefined when the disk is not bound to one */
export function judgeKernel(
  image: Uint8Array,
  manifest: UpdateManifest,
  diskKey: string | undefined,
): Obstacle | undefined {
  const sections = parseSections(image);
  if (sections === undefined) return 'damaged';
  const system = parseOsRelease(sectionText(sections, '.osrel') ?? '', manifest.architecture);
  if (system?.version !== manifest.version || system.imageId !== manifest.image_id) return 'damaged';
  const rootHash = parseRootHash(sectionText(sections, '.cmdline') ?? '');
  if (rootHash === undefined) return 'damaged';
  const ids = partitionIds(rootHash);
  const { root, root_verity: tree } = manifest.artefacts;
  if (ids.root !== root.partition_uuid || ids.verity !== tree.partition_uuid) return 'damaged';
  if (diskKey !== undefined && sectionText(sections, '.pcrpkey')?.trim() !== diskKey.trim())
    return 'other-disk-key';
  return undefined;
}
