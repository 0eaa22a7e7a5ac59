/**
 * Builds `dist/tree/`: the files of the agent as they lie on an appliance, ready for the image to lay over.
 * One `.mjs` a program, Node, pages, the self-test model, the vendor's configuration, and an SBOM of what went in.
 * The same sources give the same bytes: no absolute path, no time, nothing in the order a disk lists it.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { build } from 'rolldown';
import { bundleBom, licenceTexts, packagesOf } from './bundle-bom.ts';
import { INPUT, OUTPUT } from './bundle-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Another folder than `dist/tree` may be named, such as by a test. */
const TREE = resolve(process.argv[2] ?? join(ROOT, 'dist', 'tree'));
/** Program → its entry. One that is not written yet is left out and said. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'b3iq-device': 'device/src/appliance/device/main.ts',
  'b3iq-host': 'device/bin/b3iq-host.mjs',
  'b3iq-console': 'device/src/appliance/console/main.ts',
  'b3iq-engine': 'device/src/appliance/engine/main.ts',
  'b3iq-health': 'device/src/appliance/health/main.ts',
  'b3iq-seal': 'device/src/appliance/seal/main.ts',
  'b3iq-reset': 'device/src/appliance/reset/main.ts',
  'b3iq-power-button': 'device/src/appliance/power-button/main.ts',
  'b3iq-install': 'device/src/appliance/install/main.ts',
  'b3iq-update': 'device/src/appliance/update/main.ts',
  'ledger-worker': 'device/src/receipts/worker.ts',
};

/** What only a Host loads: an appliance's engine is a unit of its own. */
const HOST_ONLY = /(?:engine\/embedded\/engine\.ts|node-llama-cpp)$/;

/** What an appliance is told; the rest are the defaults of `device/src/config.ts`. */
const CONFIG = {
  kind: 'appliance',
  state_dir: '/var/lib/b3iq',
  runtime_dir: '/run/b3iq',
  control_socket: '/run/b3iq/control.sock',
  models_stick: '/run/b3iq-models-stick',
  engine: 'llama-server',
  announce: false,
};

rmSync(TREE, { recursive: true, force: true });
const modules = new Set<string>();
for (const [name, entry] of Object.entries(PROGRAMS)) {
  if (!existsSync(join(ROOT, entry))) {
    process.stdout.write(`left out: ${name} (${entry} is not there)\n`);
    continue;
  }
  for (const id of await bundle(name, entry)) modules.add(id);
}
await addNode();
add('setup-ui/dist', 'usr/share/b3iq/pages');
for (const file of ['b3iq-selftest.gguf', 'b3iq-selftest.gguf.sha256', 'canaries.json'])
  add(`device/selftest/${file}`, `usr/share/b3iq/selftest/${file}`);
write('usr/lib/b3iq/config.json', `${JSON.stringify(CONFIG, null, 2)}\n`);
const packages = packagesOf(ROOT, modules);
write('usr/share/b3iq/sbom/bundle.cdx.json', bundleBom(ROOT, packages, nodeVersion()));
write('usr/share/b3iq/sbom/licences.txt', licenceTexts(ROOT, packages));
const files = settle(TREE);
const digest = createHash('sha256');
let bytes = 0;
for (const file of files) {
  const content = readFileSync(join(TREE, file));
  bytes += content.length;
  digest.update(`${file}\0${createHash('sha256').update(content).digest('hex')}\n`);
}
process.stdout.write(
  `${relative(ROOT, TREE)}: ${files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB, SHA-256 ${digest.digest('hex')}\n`,
);

/** Bundles one program into one file. @returns the ids of the modules in it */
async function bundle(name: string, entry: string): Promise<readonly string[]> {
  const { output } = await build({
    cwd: ROOT,
    input: { [name]: join(ROOT, entry) },
    external: HOST_ONLY,
    ...INPUT,
    write: false,
    output: { ...OUTPUT, codeSplitting: false },
  });
  const [chunk, ...more] = output;
  if (chunk === undefined || chunk.type !== 'chunk' || more.length > 0)
    throw new Error(`${name}: expected one file, got ${output.map((part) => part.fileName).join(', ')}`);
  if (chunk.code.includes(ROOT)) throw new Error(`${name}: the bundle holds a path of this computer`);
  write(`usr/lib/b3iq/agent/${name}.mjs`, chunk.code);
  process.stdout.write(`${name}.mjs ${(Buffer.byteLength(chunk.code) / 1024).toFixed(0)} KiB\n`);
  return chunk.moduleIds.map((id) => relative(ROOT, id));
}

/** The pinned Node without its symbols: they are a sixth of it, and a crash dump is of no use on a closed machine. */
async function addNode(): Promise<void> {
  const source = join(nodePackage(), 'bin/node');
  const target = join(TREE, 'usr/lib/b3iq/node');
  mkdirSync(dirname(target), { recursive: true });
  const { failed, code } = await execa('strip', ['--strip-all', '-o', target, source], { reject: false });
  if (!failed) return;
  if (code !== 'ENOENT') throw new Error('strip could not read the pinned Node');
  // It runs all the same; `make dist`, which the image is made from, insists on binutils.
  process.stdout.write('strip (Debian package binutils) is missing: Node keeps its symbols\n');
  cpSync(source, target);
}
function nodePackage(): string {
  return join(ROOT, 'node_modules', `node-linux-${process.arch}`);
}
function nodeVersion(): string {
  const { version } = JSON.parse(readFileSync(join(nodePackage(), 'package.json'), 'utf8')) as {
    readonly version: string; // npm's own file: every package has one
  };
  return version;
}

function add(from: string, to: string): void {
  mkdirSync(dirname(join(TREE, to)), { recursive: true });
  cpSync(join(ROOT, from), join(TREE, to), { recursive: true });
}
function write(path: string, text: string): void {
  mkdirSync(dirname(join(TREE, path)), { recursive: true });
  writeFileSync(join(TREE, path), text);
}

/** Gives every file one time and one mode. @returns the files' paths below `tree`, sorted */
function settle(tree: string): readonly string[] {
  const paths = (readdirSync(tree, { recursive: true }) as string[]).sort(); // no option asks for anything but names
  for (const path of paths.toReversed()) utimesSync(join(tree, path), 0, 0);
  return paths.filter((path) => statSync(join(tree, path)).isFile());
}
