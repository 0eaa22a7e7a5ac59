#!/usr/bin/env node
/**
 * The command `b3iq-host`: makes sure that Node is new enough, then hands the world to `src/cli/main.ts`.
 * Plain JavaScript of 2022, because this file alone must also run on the Node that is too old for the rest.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs TypeScript as is, and has node:sqlite and argon2. */
const NEEDED_MAJOR = 24;
/** Set for the Node this one starts, so that a pinned Node that is too old does not start itself for ever. */
const STARTED = 'B3IQ_HOST_STARTED_BY';

// biome-ignore lint/style/noProcessEnv: the rim of the program, which hands the environment on as a value
const environment = process.env;
const major = Number(process.versions.node.split('.', 1)[0]);

if (major >= NEEDED_MAJOR) await start();
else handOver();

async function start() {
  // Compiled once: halves the time until the first word. Beside the code, so that only who may change the code may change it.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(fileURLToPath(new URL('../../.cache/compiled/', import.meta.url)));
  const { runCli } = await import('../src/cli/main.ts');
  const { [STARTED]: _, ...env } = environment;
  process.exit(
    await runCli(process.argv.slice(2), {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env,
      isTTY: {
        stdin: process.stdin.isTTY === true,
        stdout: process.stdout.isTTY === true,
        stderr: process.stderr.isTTY === true,
      },
      uid: process.getuid?.(),
      now: () => Date.now(),
      onInterrupt: (listener) => {
        process.on('SIGINT', listener);
        return () => process.off('SIGINT', listener);
      },
    }),
  );
}

/** Runs the same command on the Node that was installed beside the package. */
function handOver() {
  const pinned = environment[STARTED] === undefined ? findPinnedNode() : undefined;
  if (pinned === undefined) {
    process.stderr.write(
      `Node ${process.versions.node} is too old for b3iq-host. Install Node ${NEEDED_MAJOR} or newer, or run \`npm install\` in the project’s folder, which brings its own. (config_invalid)\n`,
    );
    process.exit(1);
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...environment, [STARTED]: String(process.pid) },
  });
  // A terminal's Ctrl-C reaches both, and the child decides what it means; a signal sent to this process alone is passed on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    process.stderr.write(
      `The Node at ${pinned} cannot be started. Run \`npm install\` in the project’s folder again. (config_invalid)\n`,
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** `node_modules/.bin/node`, from this file's folder upwards. */
function findPinnedNode() {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    // By its package's folder: not every npm links a package's `node` into .bin.
    const candidate = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  return undefined;
}
