/**
 * Makes `dist/b3iq-host-<version>.tgz`, which `npm install --global` turns into B3IQ Host on an ordinary computer.
 * Separate from `bundle.ts`: an appliance's tree holds Node and no engine, this package an engine and no Node.
 * Everything a Linux PC needs is inside, so that no registry is asked; see docs/adr/0024.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { build } from 'rolldown';
import { bundleBom, licenceTexts, packagesOf } from './bundle-bom.ts';
import { INPUT, OUTPUT } from './bundle-options.ts';
import { closureOf, copyPackages, ENGINE, manifestOf, prebuiltEngines } from './pack-engine.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Another folder than `dist` may be named, such as by a test. */
const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const STAGE = join(DIST, 'host');
/** Program → its entry. They share chunks: what a command does not use is not read. */
const PROGRAMS = {
  'b3iq-host': 'device/bin/b3iq-host.mjs',
  'ledger-worker': 'device/src/receipts/worker.ts',
  'embedded-engine': 'device/src/engine/embedded/child.ts',
};
const HERE = `${process.platform}-${process.arch}`;

rmSync(STAGE, { recursive: true, force: true });
const modules = await bundle();
const engines = prebuiltEngines(ROOT);
const inside = Object.keys(engines).find((name) => name === `@node-llama-cpp/${HERE}`);
if (inside === undefined)
  throw new Error(`There is no engine to pack on ${HERE}: pack on Linux x64 or arm64.`);
const packed = closureOf(ROOT, [ENGINE, inside]);
copyPackages(ROOT, packed, STAGE);
add('setup-ui/dist', 'share/b3iq/pages');
for (const file of ['b3iq-selftest.gguf', 'b3iq-selftest.gguf.sha256'])
  add(`device/selftest/${file}`, `share/b3iq/selftest/${file}`);
const nodes = manifestOf(ROOT).optionalDependencies ?? {};
const packages = packagesOf(ROOT, [...modules, ...packed.map((folder) => `${folder}/package.json`)]);
write('share/b3iq/sbom/bundle.cdx.json', bundleBom(ROOT, packages, Object.values(nodes)[0] ?? ''));
write('share/b3iq/sbom/licences.txt', licenceTexts(ROOT, packages));
write('README.md', readme());
write('package.json', `${JSON.stringify(manifest(inside), null, 2)}\n`);
const { stdout } = await execa(
  'npm',
  ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', DIST],
  { cwd: STAGE, stderr: 'inherit' },
);
const [made] = JSON.parse(stdout) as readonly { readonly filename: string; readonly size: number }[]; // npm-pack(1), --json
if (made === undefined) throw new Error('npm pack named no file');
process.stdout.write(
  `${relative(process.cwd(), join(DIST, made.filename))}: ${(made.size / 2 ** 20).toFixed(1)} MiB, with the engine for ${HERE}\n`,
);

/** @returns ids of the modules in the bundles */
async function bundle(): Promise<readonly string[]> {
  const { output } = await build({
    cwd: ROOT,
    input: Object.fromEntries(Object.entries(PROGRAMS).map(([name, entry]) => [name, join(ROOT, entry)])),
    external: [ENGINE],
    ...INPUT,
    write: false,
    output: { ...OUTPUT, chunkFileNames: '[name]-[hash].mjs' },
  });
  return output.flatMap((part) => {
    if (part.type !== 'chunk') throw new Error(`${part.fileName}: only programs are bundled`);
    if (part.code.includes(ROOT))
      throw new Error(`${part.fileName}: the bundle holds a path of this computer`);
    write(`lib/b3iq/agent/${part.fileName}`, part.code);
    return part.moduleIds.map((id) => relative(ROOT, id));
  });
}

function manifest(engineInside: string): object {
  const { version } = manifestOf(join(ROOT, 'device'));
  const engine = manifestOf(join(ROOT, 'node_modules', ENGINE)).version;
  const elsewhere = Object.entries(engines).filter(([name]) => name !== engineInside);
  return {
    name: 'b3iq-host',
    version,
    description:
      'B3IQ Host: a computer that answers from its own models, behind one OpenAI-compatible address.',
    private: true,
    license: 'UNLICENSED',
    type: 'module',
    engines: { node: '>=20' },
    bin: { 'b3iq-host': 'lib/b3iq/agent/b3iq-host.mjs' },
    files: ['lib', 'share'],
    dependencies: { [ENGINE]: engine, [engineInside]: engines[engineInside] },
    bundleDependencies: [ENGINE, engineInside],
    // Fetched at install where they fit and a registry can be reached; one that is missing stops nothing.
    optionalDependencies: { ...Object.fromEntries(elsewhere), ...nodes },
  };
}

function readme(): string {
  return `# B3IQ Host

\`\`\`sh
b3iq-host run               # start it here, with a setup link
b3iq-host service install   # or have this computer run it by itself
b3iq-host --help
\`\`\`

It needs Node 24; on an older one it uses the Node that npm fetched beside it, if it could. The engine for ${HERE} is
inside; npm fetches another platform's. \`share/b3iq/sbom\` says what else is inside, and under which licences.
`;
}

function add(from: string, to: string): void {
  mkdirSync(dirname(join(STAGE, to)), { recursive: true });
  cpSync(join(ROOT, from), join(STAGE, to), { recursive: true });
}
function write(path: string, text: string): void {
  mkdirSync(dirname(join(STAGE, path)), { recursive: true });
  writeFileSync(join(STAGE, path), text);
}
