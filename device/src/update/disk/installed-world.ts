/** The appliance as it is: files of the two update programs, and units through systemd. The real one behind `UpdateWorld`. */
import { arch, uptime } from 'node:os';
import { join } from 'node:path';
import type { Verifier } from '@b3iq/wire';
import { z } from 'zod';
import type { SystemUnits } from '../../os/units.ts';
import { parseFile, parseOsRelease } from '../parse.ts';
import type { Reading, UpdateWorld } from '../port.ts';
import { type Offer, type RunningSystem, SOURCES } from '../types.ts';
import { readBounded } from './files.ts';
import { MAX_ENVELOPE_BYTES, readManifest } from './keys.ts';
import { FETCH_PLACES, FETCHED, IMAGE_PLACES, INSTALL_PLACES } from './places.ts';

export interface InstalledWorldOptions {
  readonly units: Pick<SystemUnits, 'start'>;
  readonly verifier: Verifier;
  /** Put before every path; for tests. */
  readonly root?: string;
}

/** `/usr/lib/b3iq/update.json` */
const sourceFile = z.strictObject({ source_url: z.url({ protocol: /^https?$/ }).nullable() });

export function installedWorld({ units, verifier, root = '' }: InstalledWorldOptions): UpdateWorld {
  const text = (path: string, maxBytes?: number) => readBounded(join(root, '/', path), maxBytes);
  const fetched = (name: string, maxBytes?: number) => text(join(FETCH_PLACES.state, name), maxBytes);
  return {
    async read(): Promise<Reading> {
      const offers: Offer[] = [];
      for (const from of SOURCES) {
        const manifest = readManifest(await fetched(FETCHED.offer(from), MAX_ENVELOPE_BYTES), verifier);
        if (manifest !== undefined) offers.push({ from, manifest });
      }
      return {
        running: await readRunning(join(root, '/', IMAGE_PLACES.osRelease)),
        facts: parseFile('facts', await text(INSTALL_PLACES.facts)),
        offers,
        fetching: parseFile('report', await text(FETCH_PLACES.report)),
        writing: parseFile('report', await text(INSTALL_PLACES.report)),
        lookEnded: parseFile('ended', await fetched(FETCHED.lookEnded)),
        fetchEnded: parseFile('ended', await fetched(FETCHED.fetchEnded)),
        uptimeS: uptime(),
        sourceUrl: await readSourceUrl(join(root, '/', IMAGE_PLACES.source)),
      };
    },
    start: (step) => units.start(step, { wait: false }),
  };
}

/** The running system, by its os-release; undefined where there is no version, as on a Host. */
export async function readRunning(path: string): Promise<RunningSystem | undefined> {
  return parseOsRelease((await readBounded(path)) ?? '', arch() === 'x64' ? 'x86-64' : arch());
}

/** Where the image says that versions come from; null when only a stick brings them. */
export async function readSourceUrl(path: string): Promise<string | null> {
  try {
    return sourceFile.parse(JSON.parse((await readBounded(path)) ?? '')).source_url;
  } catch {
    return null; // no such file: a machine without a source, not a fault
  }
}
