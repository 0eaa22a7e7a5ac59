/** Reads the files that are laid over the image (rootfs-overlay), for the tests that hold them together. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const OVERLAY = fileURLToPath(new URL('../../../../rootfs-overlay', import.meta.url));
const UNITS = join(OVERLAY, 'usr/lib/systemd/system');

/** A file's text. @param path  as it is on the machine, such as `/etc/crypttab` */
export const textOf = (path: string): string => readFileSync(join(OVERLAY, path), 'utf8');

/** Names of our own units, such as `b3iq-device.service`; templates as `b3iq-engine@.service`. */
export function unitNames(): readonly string[] {
  return readdirSync(UNITS, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('b3iq-'))
    .map(({ name }) => name)
    .sort();
}

/** The file of a unit: an instance's is its template's. */
export const unitFile = (name: string): string => name.replace(/@[^.]+\./, '@.');

/** Every value of a setting of a unit, in order, comments and continuations left out. */
export function settings(unit: string, key: string): readonly string[] {
  return readFileSync(join(UNITS, unit), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1).trim());
}

/** All files below a folder of the overlay, as paths on the machine. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(OVERLAY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(OVERLAY.length))
    .sort();
}

/** `b3iq-seal` of `/usr/lib/b3iq/agent/b3iq-seal.mjs`. */
export const programOf = (path: string): string => basename(path, '.mjs');
