/**
 * Makes sure the tests of llama-server have one: `.cache/engine/llama-server`, Debian's program from the very packages the
 * image's lock names, unpacked and never installed, so it needs no root. `$B3IQ_LLAMA_SERVER` names another one instead.
 * Separate from the image's build, which trims the same packages to a root folder of their own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../image/build/config.ts';
import { diffLocks, formatDifferences, formatLock, type Lock, parseLock } from '../image/build/lock.ts';
import { resolveLocks } from '../image/build/resolve.ts';
import { fillStore, storedAt } from '../image/build/store.ts';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join(TOP, '.cache/engine/llama-server');
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

const given = process.env.B3IQ_LLAMA_SERVER;
if (given) take(given);
else await install();

/** Another llama-server, such as one the developer built. */
function take(path: string): void {
  if (!existsSync(path)) fail(`B3IQ_LLAMA_SERVER is ${path}, and there is no such file.`);
  mkdirSync(dirname(COMMAND), { recursive: true });
  rmSync(COMMAND, { force: true });
  symlinkSync(path, COMMAND);
}

async function install(): Promise<void> {
  const config = readConfig(TOP);
  const text = readFileSync(join(TOP, 'image/lock/engine.json'), 'utf8');
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 16);
  if (existsSync(COMMAND) && readFileSync(COMMAND, 'utf8').includes(mark)) return;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    fail('Debian’s llama-server runs on Linux x64. Name another one: B3IQ_LLAMA_SERVER=/path make test');
  if (spawnSync('dpkg-deb', ['--version']).error !== undefined)
    fail(
      'The tests of llama-server unpack Debian packages: install dpkg, or name one: B3IQ_LLAMA_SERVER=/path make test',
    );
  process.stdout.write('Fetching llama-server for the tests...\n');
  const store = join(config.cache, 'store');
  let lock = parseLock(text, 'engine');
  const missing = await fillStore(store, config.stores, config.mirror, lock.packages).catch(() =>
    fail(`The Debian mirror ${config.mirror} cannot be reached, and .cache does not hold llama-server yet.`),
  );
  if (missing.length > 0) lock = await current(lock, store);
  const tree = join(TOP, '.cache/engine/tree');
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const one of lock.packages) execFileSync('dpkg-deb', ['--extract', storedAt(store, one), tree]);
  writeStarter(tree, mark);
  execFileSync(COMMAND, ['--version'], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Debian's newest of the same: its testing release moves on, and tests must run all the same. */
async function current(lock: Lock, store: string): Promise<Lock> {
  const config = readConfig(TOP);
  const fresh = resolveLocks(config).find(({ tree }) => tree === 'engine');
  if (fresh === undefined) fail('The mirror does not offer llama-server.');
  const left = await fillStore(store, config.stores, config.mirror, fresh.packages);
  if (left.length > 0)
    fail(`The mirror offers ${left.map(({ name }) => name).join(', ')} but does not serve it.`);
  process.stdout.write(
    'lock stale: the mirror no longer serves what image/lock/engine.json names. Taken instead:\n',
  );
  for (const line of formatDifferences(diffLocks(lock.packages, fresh.packages)))
    process.stdout.write(`  ${line}\n`);
  return parseLock(formatLock(fresh), 'engine');
}

/** By its own loader and libraries: this computer's C library may be older. Backends are looked for in the working folder. */
function writeStarter(tree: string, mark: string): void {
  const half = `${COMMAND}.half`;
  rmSync(COMMAND, { force: true });
  writeFileSync(
    half,
    `#!/bin/sh
# Made by scripts/install-engine.ts from the lock ${mark}.
set -eu
libraries='${join(tree, LIBRARIES)}'
cd "$libraries/ggml/backends0"
exec "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/llama" '${tree}/usr/bin/llama-server' "$@"
`,
  );
  chmodSync(half, 0o755);
  renameSync(half, COMMAND);
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
