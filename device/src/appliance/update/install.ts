/**
 * The half of an update that has rights: proves what was fetched, byte by byte, and has it written into the other slot.
 * Separate from fetching because nothing here may listen to anybody but the keys in the image. Everything is checked
 * before anything is written; whatever stops it, the running version still starts and the next try begins anew.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UPDATE_ROLES, type UpdateManifest, type Verifier } from '@b3iq/wire';
import type { Clock } from '../../os/clock.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import { readBounded } from '../../update/disk/files.ts';
import { MAX_ENVELOPE_BYTES, readManifest } from '../../update/disk/keys.ts';
import { FETCHED } from '../../update/disk/places.ts';
import { contentBytes, downloadBytes, judgeManifest } from '../../update/judge.ts';
import { formatFile, parseFile } from '../../update/parse.ts';
import { afterBoot, afterRefusal, beforeWrite, machineFacts, noRecord } from '../../update/state.ts';
import type { BootEntry, InstallRecord, Obstacle, RunningSystem } from '../../update/types.ts';
import { freeBytes, SPARE_BYTES } from './fetch.ts';
import { judgeKernel } from './kernel/judge.ts';
import type { KernelSignature, Slots } from './port.ts';
import type { Reporter } from './report.ts';
import { stagedName } from './slots/parse.ts';
import { unpack } from './unpack.ts';

export interface InstallDeps {
  readonly running: RunningSystem;
  readonly verifier: Verifier;
  readonly slots: Slots;
  readonly kernelSignature: KernelSignature;
  /** PEM of the key that may open this machine's disk, where it is bound to one. */
  readonly diskKey: string | undefined;
  readonly places: {
    /** The fetcher's state folder: read, never believed. */
    readonly fetched: string;
    readonly staging: string;
    readonly record: string;
    readonly facts: string;
  };
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** Looks at what runs and what could be started, remembers it, and tells the agent. */
export async function refreshFacts(deps: InstallDeps): Promise<InstallRecord> {
  const { places, running, slots } = deps;
  const before = parseFile('record', await readBounded(places.record)) ?? noRecord;
  const entries = await slots.entries();
  const boot = { running, entries, onTrial: isOnTrial(entries, running) };
  const record = afterBoot(before, boot, now(deps));
  await saveRecord(deps, record, before);
  const triesLeft = entries.find(({ version }) => version === running.version)?.triesLeft;
  const facts = { onTrial: boot.onTrial, triesLeft, entries, record };
  await writeDurably(places.facts, formatFile('facts', facts), 0o644);
  return record;
}

/** Installs what the fetcher chose, or says why not in the record. Never leaves the running version without its start. */
export async function install(deps: InstallDeps): Promise<void> {
  const { places, verifier, log } = deps;
  const record = await refreshFacts(deps);
  const envelope = await readBounded(join(places.fetched, FETCHED.chosen), MAX_ENVELOPE_BYTES);
  if (envelope === undefined) return; // the fetcher has said why
  const manifest = readManifest(envelope, verifier);
  if (manifest === undefined) {
    log.error('update.refused', { obstacle: 'not-signed' });
    return;
  }
  const { version } = manifest;
  const obstacle = await prove(manifest, record, deps);
  if (obstacle === undefined) await write(manifest, record, deps);
  else {
    log.warn('update.refused', { version, obstacle });
    await saveRecord(deps, afterRefusal(record, { version, at: now(deps), obstacle }), record);
  }
  await rm(places.staging, { recursive: true, force: true });
  await refreshFacts(deps);
}

/** Everything that can be known before a byte is written to a slot. */
async function prove(
  manifest: UpdateManifest,
  record: InstallRecord,
  deps: InstallDeps,
): Promise<Obstacle | undefined> {
  const { places, running, slots, reporter } = deps;
  const entries = await slots.entries();
  const boot = { running, entries, onTrial: isOnTrial(entries, running) };
  const refusal = judgeManifest(manifest, machineFacts(record, boot));
  if (refusal !== undefined) return refusal;
  // What an interrupted try left is not looked at: it is cheaper to prove anew than to reason about.
  await rm(places.staging, { recursive: true, force: true });
  await mkdir(places.staging, { recursive: true, mode: 0o700 });
  if ((await (deps.freeBytes ?? freeBytes)(places.staging)) < contentBytes(manifest) + SPARE_BYTES)
    return 'no-space';
  const set = reporter.phase(manifest.version, 'verifying', downloadBytes(manifest));
  let before = 0;
  for (const role of UPDATE_ROLES) {
    const artefact = manifest.artefacts[role];
    const damaged = await unpack(
      join(places.fetched, FETCHED.files, artefact.sha256),
      join(places.staging, stagedName(manifest, role)),
      artefact,
      (done) => set(before + done),
    );
    if (damaged !== undefined) return damaged;
    before += artefact.size_bytes;
    const refusal = role === 'uki' ? await refusalOfKernel(manifest, deps) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Asked before the root is unpacked, which takes longer than all else. */
async function refusalOfKernel(manifest: UpdateManifest, deps: InstallDeps): Promise<Obstacle | undefined> {
  const kernel = join(deps.places.staging, stagedName(manifest, 'uki'));
  // First whether the firmware would start it: one that it refuses strands the machine in the firmware's menu.
  if (!(await deps.kernelSignature.isAccepted(kernel))) return 'kernel-not-signed';
  return judgeKernel(await readFile(kernel), manifest, deps.diskKey);
}

async function write(manifest: UpdateManifest, record: InstallRecord, deps: InstallDeps): Promise<void> {
  const { places, running, slots, reporter, log } = deps;
  const { version } = manifest;
  const files = new Map(
    UPDATE_ROLES.map((role) => [stagedName(manifest, role), manifest.artefacts[role].content_size_bytes]),
  );
  const sums = UPDATE_ROLES.map(
    (role) => `${manifest.artefacts[role].content_sha256}  ${stagedName(manifest, role)}\n`,
  );
  await writeFile(join(places.staging, 'SHA256SUMS'), sums.join(''), { mode: 0o600 });
  const begun = beforeWrite(record, version, now(deps));
  await saveRecord(deps, begun, record);
  const set = reporter.phase(version, 'writing', contentBytes(manifest));
  try {
    // From here to the end only the running version can be started, so half of a new one never is.
    await slots.keepOnly(running.version);
    await slots.write({ version, files }, set);
    log.info('update.written', { version });
  } catch (error) {
    log.error('update.write_failed', {
      version,
      reason: error instanceof Error ? error.message : String(error),
    });
    const failed = afterRefusal(begun, { version, at: now(deps), obstacle: 'write-failed' });
    await saveRecord(deps, { ...failed, pending: undefined }, begun);
  }
}

/** A version whose name on the boot partition still counts has not proven itself. */
function isOnTrial(entries: readonly BootEntry[], running: RunningSystem): boolean {
  return entries.some(({ version, triesLeft }) => version === running.version && triesLeft !== undefined);
}

async function saveRecord(deps: InstallDeps, next: InstallRecord, before: InstallRecord): Promise<void> {
  const text = formatFile('record', next);
  if (text !== formatFile('record', before)) await writeDurably(deps.places.record, text, 0o600);
}

const now = ({ clock }: InstallDeps): string => new Date(clock.now()).toISOString();
