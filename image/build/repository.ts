/**
 * A Debian archive that holds exactly the locked packages: the only source apt sees while an image is built.
 * Separate because it is what turns a lock into something that apt, mmdebstrap and mkosi already understand.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedPackage } from './packages.ts';
import { storedAt } from './store.ts';

/**
 * Lays the archive at `at`, replacing what is there. Files are hard links into the store, which lies on the same disk.
 * @param suite  the name it answers to, e.g. `trixie`
 * @see https://wiki.debian.org/DebianRepository/Format
 */
export const layRepository = (
  at: string,
  suite: string,
  store: string,
  packages: readonly LockedPackage[],
): void => {
  rmSync(at, { recursive: true, force: true });
  const index = join(at, 'dists', suite, 'main/binary-amd64');
  mkdirSync(index, { recursive: true });
  mkdirSync(join(at, 'pool'));
  const seen = new Set<string>();
  const paragraphs: string[] = [];
  for (const one of packages) {
    if (seen.has(one.sha256)) continue;
    seen.add(one.sha256);
    const file = `pool/${one.name}_${one.version.replace(':', '%3a')}_${one.architecture}.deb`;
    linkSync(storedAt(store, one), join(at, file));
    const control = execFileSync('dpkg-deb', ['--field', storedAt(store, one)], { encoding: 'utf8' });
    paragraphs.push(`${control.trimEnd()}\nFilename: ${file}\nSize: ${one.size}\nSHA256: ${one.sha256}\n`);
  }
  const text = paragraphs.join('\n');
  const sha256 = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(index, 'Packages'), text);
  writeFileSync(
    join(at, 'dists', suite, 'Release'),
    // It is trusted by its place (`trusted=yes`): every file in it was checked against the lock.
    `Origin: b3iq\nSuite: ${suite}\nCodename: ${suite}\nArchitectures: amd64\nComponents: main\n` +
      `SHA256:\n ${sha256} ${Buffer.byteLength(text)} main/binary-amd64/Packages\n`,
  );
};
