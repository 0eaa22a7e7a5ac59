/**
 * Where the program finds what belongs to it and is not in its own module: pages, the self-test model, its worker.
 * Separate because it is the one place that knows two layouts: sources in a checkout, and bundles below `/usr` of an
 * appliance or in the package of a Host, found relative to themselves so that a tree that is not installed yet runs too.
 */
import { fileURLToPath } from 'node:url';

/** Node runs our sources as `.ts`; a bundle is one `.mjs` and every module in it has that file's address. */
const isBundled = !import.meta.url.endsWith('.ts');

const PLACES = {
  /** Built pages. */
  pages: { source: '../../../setup-ui/dist', bundle: '../../../share/b3iq/pages' },
  /** The self-test model; its digest lies beside it as `.sha256`. */
  selfTestModel: {
    source: '../../selftest/b3iq-selftest.gguf',
    bundle: '../../../share/b3iq/selftest/b3iq-selftest.gguf',
  },
  /** The vendor's configuration; on a Host usually not there. */
  config: { source: 'file:///usr/lib/b3iq/config.json', bundle: '../config.json' },
  /** The command line, for a service that runs it. */
  program: { source: '../../bin/b3iq-host.mjs', bundle: './b3iq-host.mjs' },
  /** The engines' own processes on a Host. */
  embeddedEngine: { source: '../engine/embedded/child.ts', bundle: './embedded-engine.mjs' },
  ledgerWorker: { source: '../receipts/worker.ts', bundle: './ledger-worker.mjs' },
} as const;

/** Absolute path of one of the program's own files. */
export function ownFile(name: keyof typeof PLACES): string {
  return fileURLToPath(new URL(PLACES[name][isBundled ? 'bundle' : 'source'], import.meta.url));
}
