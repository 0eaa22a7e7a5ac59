/**
 * The engine inside the Host's package: `node-llama-cpp`, what it needs, and the prebuilt library of one platform.
 * Separate from the packing because it walks `node_modules` as Node does, which nothing else here has to know.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const ENGINE = 'node-llama-cpp';
/** Sources of llama.cpp for building it anew, 34 MB: we never build at install. */
const LEFT_OUT = 'node-llama-cpp/llama/gitRelease.bundle';

/** Folders below `root` of a package and all that it depends on, such as `node_modules/node-llama-cpp`, sorted. */
export function closureOf(root: string, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const folder = resolvePackage(root, name, from);
    if (found.has(folder)) return;
    found.add(folder);
    for (const next of Object.keys(manifestOf(join(root, folder)).dependencies ?? {}))
      visit(next, join(root, folder));
  };
  for (const name of names) visit(name, root);
  return [...found].sort();
}

/** Copies the folders to the same places below `target`, without what npm hung into them. */
export function copyPackages(root: string, folders: readonly string[], target: string): void {
  for (const folder of folders)
    cpSync(join(root, folder), join(target, folder), {
      recursive: true,
      dereference: true,
      filter: (source) => {
        const path = relative(join(root, folder), source);
        return path.split('/')[0] !== 'node_modules' && !source.endsWith(LEFT_OUT);
      },
    });
}

/** The engine's prebuilt libraries for processors alone, by platform: GPU variants are 725 MB (docs/adr/0004). */
export function prebuiltEngines(root: string): Readonly<Record<string, string>> {
  const { optionalDependencies = {} } = manifestOf(join(root, 'node_modules', ENGINE));
  return Object.fromEntries(
    Object.entries(optionalDependencies).filter(([name]) =>
      /\/(?:linux-(?:x64|arm64)|mac-(?:arm64-metal|x64)|win-(?:x64|arm64))$/.test(name),
    ),
  );
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest; // npm's own file
}

/** @see Node.js, "Loading from node_modules folders" */
function resolvePackage(root: string, name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return relative(root, candidate);
    if (folder === root) throw new Error(`${name} is not installed: run npm ci`);
  }
}
