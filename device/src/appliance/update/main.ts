/**
 * The update programs of the appliance, one word each: `check` and `fetch` run as `b3iq-fetch` with the network and
 * nothing else; `install` and `facts` run as root without a network. The units say which (rootfs-overlay).
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { CodedError, errorChain } from '../../errors.ts';
import { systemClock } from '../../os/clock.ts';
import { jsonLog } from '../../os/log.ts';
import { readBounded } from '../../update/disk/files.ts';
import { readRunning, readSourceUrl } from '../../update/disk/installed-world.ts';
import { readVerifier } from '../../update/disk/keys.ts';
import { FETCH_PLACES, IMAGE_PLACES, INSTALL_PLACES } from '../../update/disk/places.ts';
import { parseFile } from '../../update/parse.ts';
import { machineFacts, noRecord } from '../../update/state.ts';
import type { RunningSystem } from '../../update/types.ts';
import { type FetchDeps, fetchFiles, look } from './fetch.ts';
import { type InstallDeps, install, refreshFacts } from './install.ts';
import { sbverify } from './kernel/sbverify.ts';
import { fileReporter } from './report.ts';
import { sysupdateSlots } from './slots/sysupdate.ts';
import { folderSource } from './sources/folder.ts';
import { httpSource } from './sources/http.ts';

const log = jsonLog('info');

async function fetchDeps(running: RunningSystem): Promise<FetchDeps> {
  const facts = parseFile('facts', await readBounded(INSTALL_PLACES.facts));
  const sourceUrl = await readSourceUrl(IMAGE_PLACES.source);
  const leave = new AbortController();
  process.once('SIGTERM', () => leave.abort());
  return {
    sources: [folderSource(FETCH_PLACES.stick), ...(sourceUrl === null ? [] : [httpSource(sourceUrl)])],
    verifier: await readVerifier(IMAGE_PLACES.keys),
    machine: machineFacts(facts?.record ?? noRecord, {
      running,
      entries: facts?.entries ?? [],
      onTrial: facts?.onTrial ?? false,
    }),
    folder: FETCH_PLACES.state,
    reporter: fileReporter(FETCH_PLACES.report),
    clock: systemClock,
    log,
    signal: leave.signal,
    pause: (ms) => wait(ms, undefined, { signal: leave.signal }),
  };
}

async function installDeps(running: RunningSystem): Promise<InstallDeps> {
  await mkdir(INSTALL_PLACES.staging, { recursive: true, mode: 0o700 });
  return {
    running,
    verifier: await readVerifier(IMAGE_PLACES.keys),
    slots: sysupdateSlots({ imageId: running.imageId }),
    kernelSignature: sbverify(IMAGE_PLACES.secureBoot),
    diskKey: await readBounded(INSTALL_PLACES.diskKey),
    places: {
      fetched: FETCH_PLACES.state,
      staging: INSTALL_PLACES.staging,
      record: INSTALL_PLACES.record,
      facts: INSTALL_PLACES.facts,
    },
    reporter: fileReporter(INSTALL_PLACES.report),
    clock: systemClock,
    log,
  };
}

const PROGRAMS: Readonly<Record<string, (running: RunningSystem) => Promise<void>>> = {
  async check(running) {
    const deps = await fetchDeps(running);
    await look(deps).finally(() => deps.reporter.close());
  },
  async fetch(running) {
    const deps = await fetchDeps(running);
    await fetchFiles(deps).finally(() => deps.reporter.close());
  },
  async install(running) {
    const deps = await installDeps(running);
    await install(deps).finally(() => deps.reporter.close());
  },
  async facts(running) {
    await refreshFacts(await installDeps(running));
  },
};

async function main(): Promise<number> {
  const name = process.argv[2] ?? '';
  const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  try {
    if (program === undefined)
      throw new CodedError('config_invalid', `Expected one of ${Object.keys(PROGRAMS).join(', ')}.`);
    const running = await readRunning(IMAGE_PLACES.osRelease);
    if (running === undefined) throw new CodedError('config_invalid', 'os-release names no image version.');
    await program(running);
    return 0;
  } catch (error) {
    log.error('update.failed', { program: name, reason: errorChain(error) });
    return 1;
  }
}

process.exitCode = await main();
