/**
 * Tells a service file that we wrote from one that a person changed: one comment line in it holds the digest of the rest.
 * Separate because install and uninstall must agree on it for every form of file, also one an older version wrote.
 */
import { createHash } from 'node:crypto';
import type { ServiceFile } from './types.ts';

const MARK = /^(?:# |<!-- )b3iq-host service, sha256 [0-9a-f]{64}(?: -->)?\r?\n/m;

/** `ours`: as some version of this program wrote it. `changed`: a person has been there since, or it never was ours. */
export type FileState = 'absent' | 'current' | 'ours' | 'changed';

/** The file's text with its mark: first line of a unit, second of XML, whose declaration must come first. */
export function marked({ text }: ServiceFile): string {
  const line = `b3iq-host service, sha256 ${digestOf(text)}`;
  if (!text.startsWith('<?xml')) return `# ${line}\n${text}`;
  const end = text.indexOf('\n') + 1;
  return `${text.slice(0, end)}<!-- ${line} -->${text.includes('\r\n') ? '\r\n' : '\n'}${text.slice(end)}`;
}

/** The bytes that lie on the disk. */
export const encoded = (file: ServiceFile): Buffer =>
  file.encoding === 'utf8'
    ? Buffer.from(marked(file), 'utf8')
    : Buffer.from(`\ufeff${marked(file)}`, 'utf16le');

/** @param found  bytes of the file at its path; `undefined` when there is none */
export function stateOf(file: ServiceFile, found: Uint8Array | undefined): FileState {
  if (found === undefined) return 'absent';
  const bytes = Buffer.from(found);
  if (bytes.equals(encoded(file))) return 'current';
  const text = bytes
    .toString(file.encoding)
    .replace(MARK, '')
    .replace(/^\ufeff/, '');
  // Byte for byte what this program writes for that text, mark included.
  return bytes.equals(encoded({ ...file, text })) ? 'ours' : 'changed';
}

const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
