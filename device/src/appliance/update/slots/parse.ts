/**
 * Names of staged files, and what systemd-pull says while it writes them. Pure.
 * The transfer files (rootfs-overlay/usr/lib/sysupdate.d) match these names; the version's own names never get here.
 */
import type { UpdateManifest, UpdateRole } from '@b3iq/wire';

/** What a file of the version is called in the staging folder. */
export function stagedName(manifest: UpdateManifest, role: UpdateRole): string {
  const { image_id: id, version, artefacts } = manifest;
  switch (role) {
    case 'root':
      return `${id}_${version}_${artefacts.root.partition_uuid}.root.raw`;
    case 'root_verity':
      return `${id}_${version}_${artefacts.root_verity.partition_uuid}.root-verity.raw`;
    case 'uki':
      return `${id}_${version}.efi`;
  }
}

/**
 * Follows its lines: bytes written so far, or undefined when a line says nothing about that. Only for the owner to see,
 * so that a line it does not know costs nothing.
 * @param files  size of each staged file by its name
 */
export function progressReader(files: ReadonlyMap<string, number>): (line: string) => number | undefined {
  const done = new Map<string, number>();
  return (line) => {
    const [, percent, got] = /^Got (\d{1,3})% of \S*?\/([^/\s]+?)\.(?:\s|$)/.exec(line) ?? [];
    const [, whole] = /^Successfully acquired '\S*?\/([^/\s]+)'/.exec(line) ?? [];
    const name = whole ?? got ?? '';
    const size = files.get(name);
    if (size === undefined) return undefined;
    done.set(name, whole === undefined ? Math.floor((size * Math.min(Number(percent), 100)) / 100) : size);
    return [...done.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
}
