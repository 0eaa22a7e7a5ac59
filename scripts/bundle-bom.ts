/**
 * What a bundle is made of: its packages, as a CycloneDX list and with the texts of their licences.
 * Separate from the bundling, because it only reads: module ids, `package.json` files, the lock.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}
/** A package in the bundle; `folder` such as `node_modules/zod`, `sha512` of the package as npm serves it, hex. */
export interface BundledPackage extends Manifest {
  readonly folder: string;
  readonly sha512: string | undefined;
}

/** The packages that `modules` (paths below `root`) come from, sorted by folder. Our own come as `wire` and `device`. */
export function packagesOf(root: string, modules: Iterable<string>): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const module of modules) {
    const folder =
      /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? /^(?:wire|device)(?=\/)/.exec(module)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const lock = read<{ readonly packages: Readonly<Record<string, { readonly integrity?: string }>> }>(
    join(root, 'package-lock.json'),
  );
  return [...folders].sort().map((folder) => {
    const { name, version, license } = read<Manifest>(join(root, folder, 'package.json'));
    const integrity = lock.packages[folder]?.integrity?.replace(/^sha512-/, '');
    const sha512 = integrity === undefined ? undefined : Buffer.from(integrity, 'base64').toString('hex');
    return { name, version, ...(license === undefined ? {} : { license }), folder, sha512 };
  });
}

/** @see CycloneDX 1.6. Without a serial number and a time: the same packages give the same text. */
export function bundleBom(root: string, packages: readonly BundledPackage[], nodeVersion: string): string {
  const { version } = read<Manifest>(join(root, 'device/package.json'));
  const components = packages.map((one) => {
    const purl = `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`;
    return {
      type: 'library',
      'bom-ref': `${purl}#${one.folder}`,
      name: one.name,
      version: one.version,
      purl,
      ...(one.license === undefined ? {} : { licenses: [licenceOf(one.license)] }),
      ...(one.sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: one.sha512 }] }),
    };
  });
  const node = {
    type: 'platform',
    'bom-ref': `pkg:generic/node@${nodeVersion}`,
    name: 'node',
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
    licenses: [{ license: { id: 'MIT' } }],
  };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': 'b3iq-agent', name: 'b3iq-agent', version } },
    components: [...components, node],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** `(MIT OR CC0-1.0)` is an expression, `MIT` an id, `UNLICENSED` a name. */
function licenceOf(text: string): object {
  if (/[ ()]/.test(text)) return { expression: text };
  return text === 'UNLICENSED' ? { license: { name: text } } : { license: { id: text } };
}

/** The notices that the licences of the bundled packages ask to go along with them; equal texts once. */
export function licenceTexts(root: string, packages: readonly BundledPackage[]): string {
  const texts = new Map<string, { readonly text: string; readonly of: string[] }>();
  for (const { folder, name, version } of packages) {
    const file = existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .sort()
          .find((entry) => /^(licen[cs]e|copying|notice)/i.test(entry))
      : undefined;
    if (file === undefined) continue;
    const text = readFileSync(join(root, folder, file), 'utf8').trim();
    const key = createHash('sha256').update(text).digest('hex');
    const known = texts.get(key) ?? { text, of: [] };
    known.of.push(`${name} ${version}`);
    texts.set(key, known);
  }
  return [...texts.values()]
    .map(({ of, text }) => `${of.join(', ')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T; // npm's own files, whose form npm keeps
}
