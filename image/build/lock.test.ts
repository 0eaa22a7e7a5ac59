import { describe, expect, it } from 'vitest';
import { diffLocks, formatDifferences, formatLock, parseLock } from './lock.ts';
import type { LockedPackage } from './packages.ts';

const one = (name: string, more: Partial<LockedPackage> = {}): LockedPackage => ({
  name,
  version: '1',
  architecture: 'amd64',
  suite: 'trixie',
  path: `debian/pool/main/x/${name}_1_amd64.deb`,
  size: 10,
  sha256: 'b'.repeat(64),
  ...more,
});
const changed = (entry: unknown): string => JSON.stringify({ version: 1, tree: 'os', packages: [entry] });

describe('a lock', () => {
  it('reads what it writes, sorted by name', () => {
    const lock = {
      tree: 'os',
      packages: [one('zstd'), one('apt'), one('apt', { architecture: 'all' })],
    } as const;
    const read = parseLock(formatLock(lock), 'os');
    expect(read.packages.map(({ name, architecture }) => `${name}:${architecture}`)).toEqual([
      'apt:all',
      'apt:amd64',
      'zstd:amd64',
    ]);
    expect(formatLock(read)).toBe(formatLock(lock));
  });
  it('writes one package a line', () => {
    expect(formatLock({ tree: 'os', packages: [one('a'), one('b')] }).split('\n')).toHaveLength(9);
  });
  it('is refused when it is of another tree or version', () => {
    expect(() => parseLock(formatLock({ tree: 'os', packages: [] }), 'engine')).toThrow('engine');
    expect(() => parseLock('{"version":2,"tree":"os","packages":[]}', 'os')).toThrow('version 1');
  });
  it.each([
    ['a path out of the archive', { path: 'debian/pool/../../etc/shadow.deb' }],
    ['a path at another place', { path: 'elsewhere/x.deb' }],
    ['a short hash', { sha256: 'abc' }],
    ['a size that is no number of bytes', { size: 1.5 }],
    ['a size of nothing', { size: 0 }],
    ['another architecture', { architecture: 'arm64' }],
    ['a name with a space', { name: 'a b' }],
    ['a version with a line end', { version: '1\n2' }],
    ['no suite', { suite: undefined }],
  ])('is refused with %s', (_, wrong) => {
    expect(() => parseLock(changed({ ...one('a'), ...wrong }), 'os')).toThrow('bad entry');
  });
  it('is refused with an entry that is no package at all', () => {
    expect(() => parseLock(changed(null), 'os')).toThrow('bad entry');
    expect(() => parseLock(changed('zstd'), 'os')).toThrow('bad entry');
  });
});

describe('the difference of two locks', () => {
  it('names what came, went and changed, and nothing that stayed', () => {
    const was = [one('gone'), one('same'), one('newer')];
    const is = [one('same'), one('newer', { version: '2', sha256: 'c'.repeat(64) }), one('come')];
    expect(formatDifferences(diffLocks(was, is))).toEqual([
      '+ come:amd64 1',
      '- gone:amd64 1',
      '  newer:amd64 1 → 2',
    ]);
  });
  it('shows the hash when the same version has other bytes', () => {
    const [difference] = diffLocks([one('a')], [one('a', { sha256: 'd'.repeat(64) })]);
    expect(difference).toEqual({ name: 'a:amd64', was: '1 (bbbbbbbbbbbb)', is: '1 (dddddddddddd)' });
  });
});
