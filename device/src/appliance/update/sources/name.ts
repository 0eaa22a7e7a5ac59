/** Names of files in a release, at the last door before a file system or a server sees them. */
import { SourceError } from '../port.ts';

/** `file` when it is a name and nothing else. The manifest's schema says so, too; a source believes nobody. @throws SourceError */
export function plainName(file: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file))
    throw new SourceError('refused', 'that is no name of a file');
  return file;
}
