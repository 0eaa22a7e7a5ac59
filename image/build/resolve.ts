/**
 * Asks the mirror which packages a tree needs today: the source of a fresh lock.
 * Separate because only a refresh speaks to Debian's indexes; a build reads the lock.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Lock, TREES, type Tree } from './lock.ts';
import { type LockedPackage, parseIndex, parseMkosiList, parseNames } from './packages.ts';

type Release = 'trixie' | 'forky';
interface Source {
  readonly suite: string;
  readonly archive: string;
  readonly components: readonly string[];
}

/** Names a tree asks for, read from the files that mkosi and mmdebstrap read. */
const wishes = (config: Config, tree: Tree): string[] => {
  const image = (path: string): string => readFileSync(join(config.top, 'image', path), 'utf8');
  const system = (): string[] =>
    readdirSync(join(config.top, 'image/mkosi.conf.d'))
      .sort()
      .flatMap((file) => parseMkosiList(image(`mkosi.conf.d/${file}`), 'Packages'));
  switch (tree) {
    case 'build-root':
      return ['?essential', 'apt', ...parseNames(image('packages/build-root.txt'))];
    case 'engine':
      return parseNames(image('packages/engine.txt'));
    case 'initrd':
      return [
        '?essential',
        'base-files',
        ...parseMkosiList(image('mkosi.images/initrd/mkosi.conf'), 'Packages'),
      ];
    case 'os':
      return ['?essential', 'base-files', ...system()];
    case 'test':
      return [
        '?essential',
        'base-files',
        ...system(),
        ...parseMkosiList(image('mkosi.profiles/test/mkosi.conf'), 'Packages'),
      ];
  }
};

/** An apt that knows nothing of this computer: no installed packages, its own sources and pins. */
class Archive {
  readonly #options: string[];
  readonly #lists: string;
  readonly #sources: readonly Source[];

  constructor(config: Config, release: Release) {
    const at = join(config.cache, 'resolve', release);
    rmSync(at, { recursive: true, force: true });
    for (const folder of ['lists/partial', 'archives/partial', 'etc/preferences.d'])
      mkdirSync(join(at, folder), { recursive: true });
    const all: Record<Release, Source[]> = JSON.parse(
      readFileSync(join(config.top, 'image/packages/sources.json'), 'utf8'),
    );
    this.#sources = all[release];
    writeFileSync(
      join(at, 'etc/sources.list'),
      this.#sources
        // Signatures are checked; a list's age is not, because a mirror may serve a testing suite late.
        .map(
          ({ suite, archive, components }) =>
            `deb [arch=amd64 check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ` +
            `${config.mirror}/${archive} ${suite} ${components.join(' ')}\n`,
        )
        .join(''),
    );
    writeFileSync(join(at, 'status'), '');
    this.#lists = join(at, 'lists');
    const set = (name: string, value: string): string[] => ['-o', `${name}=${value}`];
    this.#options = [
      ...set('Dir::State', at),
      ...set('Dir::State::lists', this.#lists),
      ...set('Dir::State::status', join(at, 'status')),
      ...set('Dir::State::extended_states', join(at, 'extended_states')),
      ...set('Dir::Cache', at),
      ...set('Dir::Cache::archives', join(at, 'archives')),
      ...set('Dir::Etc::sourcelist', join(at, 'etc/sources.list')),
      ...set('Dir::Etc::sourceparts', '/dev/null'),
      ...set('Dir::Etc::preferences', join(config.top, 'image/packages/preferences')),
      ...set('Dir::Etc::preferencesparts', '/dev/null'),
      ...set('APT::Architecture', 'amd64'),
      ...set('APT::Architectures', 'amd64'),
      ...set('APT::Install-Recommends', 'false'),
      ...set('APT::Sandbox::User', 'root'),
      ...set('Acquire::Languages', 'none'),
      ...set('Acquire::GzipIndexes', 'false'),
      ...set('Debug::NoLocking', 'true'),
      // apt does not belong to what every system must have: the image has none.
      ...set('pkgCacheGen::ForceEssential', ','),
    ];
    this.#apt(['update', '-qq']);
  }

  #apt(args: readonly string[]): string {
    return execFileSync('apt-get', [...this.#options, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** Everything the lists offer, by path under the mirror. */
  offered(): Map<string, LockedPackage> {
    const found = new Map<string, LockedPackage>();
    for (const { suite, archive } of this.#sources)
      for (const file of readdirSync(this.#lists))
        if (file.includes(`_${archive}_dists_${suite}_`) && file.endsWith('_Packages'))
          for (const [path, one] of parseIndex(readFileSync(join(this.#lists, file), 'utf8'), suite, archive))
            found.set(path, one);
    return found;
  }

  /** Addresses of the named packages and what they need. */
  addresses(names: readonly string[]): string[] {
    const text = this.#apt(['install', '--print-uris', '-qq', '-y', ...names]);
    return text.split('\n').flatMap((line) => /^'([^']+)'/.exec(line)?.[1] ?? []);
  }
}

/** Locks of all trees as the mirror would serve them now. Needs the network, and root for nothing. */
export const resolveLocks = (config: Config): Lock[] => {
  const locks: Lock[] = [];
  for (const release of ['trixie', 'forky'] as const) {
    const archive = new Archive(config, release);
    const offered = archive.offered();
    for (const tree of TREES.filter((one) => (one === 'engine') === (release === 'forky'))) {
      const packages = archive.addresses(wishes(config, tree)).map((address) => {
        const path = decodeURIComponent(address.slice(config.mirror.length + 1));
        const one = offered.get(path);
        if (one === undefined) throw new Error(`The mirror's lists do not name ${path}.`);
        return one;
      });
      const known = new Set(
        tree === 'test' ? locks.find((lock) => lock.tree === 'os')?.packages.map((one) => one.sha256) : [],
      );
      locks.push({ tree, packages: packages.filter((one) => !known.has(one.sha256)) });
    }
  }
  return locks;
};
