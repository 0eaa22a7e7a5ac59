/**
 * The half of an update that speaks to strangers: finds manifests and brings files. Runs as a user who owns nothing.
 * Whatever it brings is proven again by `install.ts`; its own checks save time and give the owner the right sentence.
 */
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { UPDATE_ROLES, type UpdateManifest, type Verifier } from '@b3iq/wire';
import type { Clock } from '../../os/clock.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import { readBounded } from '../../update/disk/files.ts';
import { MAX_ENVELOPE_BYTES, readManifest } from '../../update/disk/keys.ts';
import { FETCHED } from '../../update/disk/places.ts';
import { chooseOffer, contentBytes, downloadBytes, isOutOfDate } from '../../update/judge.ts';
import { formatFile } from '../../update/parse.ts';
import type { MachineFacts, Obstacle, Offer } from '../../update/types.ts';
import { download } from './download.ts';
import { type Source, SourceError } from './port.ts';
import type { Reporter } from './report.ts';

/** Room that stays free whatever an update needs: settings, receipts and the log must go on. */
export const SPARE_BYTES = 128 * 2 ** 20;

export interface FetchDeps {
  /** In order of preference: a stick first. */
  readonly sources: readonly Source[];
  readonly verifier: Verifier;
  readonly machine: MachineFacts;
  /** The fetcher's own folder. */
  readonly folder: string;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
  /** Bytes an ordinary user may still write in `folder`. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** Looks in every place and keeps what is rightly signed. The outcome lies in `look-ended.json`. */
export async function look(deps: FetchDeps): Promise<void> {
  const { sources, machine, reporter, log } = deps;
  await reporter.say({ kind: 'looking' });
  let trouble: Obstacle | undefined;
  const offers: Offer[] = [];
  for (const source of sources) {
    const found = await lookAt(source, deps);
    if (typeof found === 'object') offers.push({ from: source.from, manifest: found });
    else trouble ??= found;
  }
  const choice = chooseOffer(offers, machine);
  await tidy(deps.folder, choice.kind === 'take' ? choice.offer.manifest : undefined);
  const version = choice.kind === 'take' ? choice.offer.manifest.version : choice.version;
  const obstacle = choice.kind === 'take' ? undefined : (trouble ?? plainly(choice.obstacle));
  await end(deps, FETCHED.lookEnded, version, obstacle);
  log.info('update.looked', { version, obstacle });
}

/** Brings the files of the best version that was found; `chosen.json` appears once all are here. */
export async function fetchFiles(deps: FetchDeps): Promise<void> {
  const { sources, verifier, machine, folder, log } = deps;
  await rm(join(folder, FETCHED.chosen), { force: true });
  const texts = new Map<Offer, string>();
  let hasOld = false;
  for (const { from } of sources) {
    const text = await readBounded(join(folder, FETCHED.offer(from)), MAX_ENVELOPE_BYTES);
    const manifest = readManifest(text, verifier);
    if (text === undefined || manifest === undefined) continue;
    if (isHeldBack(from, manifest, deps)) hasOld = true;
    else texts.set({ from, manifest }, text);
  }
  const choice = chooseOffer([...texts.keys()], machine);
  const source = choice.kind === 'take' ? sources.find(({ from }) => from === choice.offer.from) : undefined;
  if (choice.kind === 'none' || source === undefined) {
    const none = choice.kind === 'none' ? choice : { version: undefined, obstacle: 'nothing-found' as const };
    return end(deps, FETCHED.fetchEnded, none.version, hasOld ? 'out-of-date' : none.obstacle);
  }
  const { manifest } = choice.offer;
  const obstacle = await bring(source, manifest, deps);
  if (obstacle === undefined) {
    await writeDurably(join(folder, FETCHED.chosen), texts.get(choice.offer) ?? '', 0o644);
    deps.reporter.phase(manifest.version, 'verifying', downloadBytes(manifest)); // the root program starts now
    await deps.reporter.close({ handsOver: true });
  }
  await end(deps, FETCHED.fetchEnded, manifest.version, obstacle);
  log.info('update.fetched', { version: manifest.version, from: source.from, obstacle });
}

/** The manifest of a source, kept as it came; or what was in the way, undefined when there simply is none. */
async function lookAt(source: Source, deps: FetchDeps): Promise<UpdateManifest | Obstacle | undefined> {
  const kept = join(deps.folder, FETCHED.offer(source.from));
  try {
    const text = await source.manifest(deps.signal);
    const manifest = readManifest(text, deps.verifier);
    if (text === undefined || manifest === undefined) {
      await rm(kept, { force: true });
      return text === undefined ? undefined : 'not-signed';
    }
    if (isHeldBack(source.from, manifest, deps)) {
      await rm(kept, { force: true });
      return 'out-of-date';
    }
    await writeDurably(kept, text, 0o644);
    return manifest;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    deps.log.warn('update.source_failed', { from: source.from, reason: error.message });
    // What was found there before stays good: it is signed, and the net comes back.
    const before = readManifest(await readBounded(kept, MAX_ENVELOPE_BYTES), deps.verifier);
    if (before !== undefined && isHeldBack(source.from, before, deps)) return 'out-of-date';
    return before ?? (error.kind === 'refused' ? 'source-refused' : 'no-connection');
  }
}

/** The clock may stand still at the day the image was made; it was never earlier than that. */
function isHeldBack(from: Source['from'], manifest: UpdateManifest, { clock, machine }: FetchDeps): boolean {
  const releasedMs = Date.parse(machine.running.releasedAt ?? '') || 0;
  return from === 'url' && isOutOfDate(manifest, Math.max(clock.now(), releasedMs));
}

async function bring(
  source: Source,
  manifest: UpdateManifest,
  deps: FetchDeps,
): Promise<Obstacle | undefined> {
  const files = join(deps.folder, FETCHED.files);
  await mkdir(files, { recursive: true });
  await tidy(deps.folder, manifest);
  const total = downloadBytes(manifest);
  const set = deps.reporter.phase(manifest.version, 'downloading', total);
  // Unpacked they lie on the same disk for a while; better to know now than after an hour on a slow line.
  const needed = total - (await usedBytes(files)) + contentBytes(manifest) + SPARE_BYTES;
  if ((await (deps.freeBytes ?? freeBytes)(files)) < needed) return 'no-space';
  let before = 0;
  for (const role of UPDATE_ROLES) {
    const artefact = manifest.artefacts[role];
    const obstacle = await download({
      source,
      artefact,
      folder: files,
      onBytes: (done) => set(before + done),
      signal: deps.signal,
      pause: deps.pause,
    });
    if (obstacle !== undefined) return obstacle;
    before += artefact.size_bytes;
  }
  return undefined;
}

/** Removes files that belong to no version that is wanted. */
async function tidy(folder: string, wanted: UpdateManifest | undefined): Promise<void> {
  const files = join(folder, FETCHED.files);
  const keep = new Set<string>(UPDATE_ROLES.flatMap((role) => wanted?.artefacts[role].sha256 ?? []));
  const names = await readdir(files).catch(() => []); // none yet
  for (const name of names)
    if (!keep.has(name.replace(/\.part$/, ''))) await rm(join(files, name), { recursive: true });
}

async function usedBytes(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes an ordinary user may still write there. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A server that shows the version that runs is the ordinary case, not a refusal. */
const plainly = (obstacle: Obstacle): Obstacle => (obstacle === 'not-newer' ? 'nothing-found' : obstacle);

async function end(
  { clock, folder }: FetchDeps,
  name: string,
  version: number | undefined,
  obstacle: Obstacle | undefined,
): Promise<void> {
  const ended = { at: new Date(clock.now()).toISOString(), version, obstacle };
  await writeDurably(join(folder, name), formatFile('ended', ended), 0o644);
}
