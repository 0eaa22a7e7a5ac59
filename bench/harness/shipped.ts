/**
 * Servers in the form that ships: one file each, as the appliance's tree has them. Separate because sources cost what the
 * product never pays: each thread that strips types holds tens of MiB for it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { INPUT, OUTPUT } from '../../scripts/bundle-options.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Beside each server lies what it starts as a thread. */
const WORKER = { 'ledger-worker': 'device/src/receipts/worker.ts' };

let folder: string | undefined;

/**
 * Bundles a server of this folder. The file is gone when this process ends.
 * @param script  such as `servers/raw.ts`     @returns an absolute path for `startServer`
 */
export async function shipped(script: string): Promise<string> {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'b3iq-bench-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
    await bundle(made, WORKER);
  }
  const name = script.replaceAll('/', '-').replace(/\.ts$/, '');
  await bundle(folder, { [name]: join('bench', script) });
  return join(folder, `${name}.mjs`);
}

async function bundle(dir: string, input: Readonly<Record<string, string>>): Promise<void> {
  await build({
    cwd: ROOT,
    input: { ...input },
    ...INPUT,
    output: { ...OUTPUT, dir, codeSplitting: false },
  });
}
