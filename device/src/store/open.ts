/**
 * Opens a durable store: reads both files, repairs what can be repaired and says so, brings old versions up to date.
 * Separate from writing because all the trouble of a power cut is met here, once, at start.
 */
import { copyFile, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import { makePrivateFolder, syncFolder } from '../os/files.ts';
import type { Log } from '../os/log.ts';
import { errorCodeOf, fileAdapter, readState } from './file-adapter.ts';
import { migrate, planAside, planMigrations, planOpen, repairNotice } from './plan.ts';
import type { Store } from './port.ts';
import { serialStore } from './serial-store.ts';
import { olderForm, onTrial } from './trial.ts';
import type { FileState, Format, Migration, OpenPlan, Usable } from './types.ts';

export interface OpenStoreOptions<T> {
  /** Folder of the files; made for this user alone when it is not there. */
  readonly dir: string;
  /** Stem of the file names, such as `settings`. */
  readonly name: string;
  readonly format: Format<T>;
  readonly clock: Clock;
  readonly log: Log;
  /** This version has not proven itself: files stay in the form of the version before it until `prove`. */
  readonly onTrial?: boolean;
}

/** An open store; `notice` is the sentence about a repair made just now, or `null`. */
export interface OpenedStore<T> {
  readonly store: Store<T>;
  readonly notice: string | null;
  /** The version has proven itself: from now on its own form is written. Does nothing when it was so already.
   *  @throws store_write_failed */
  prove(): Promise<void>;
}

/**
 * @throws store_corrupt when neither file can be used (both are left as they are, so that the next start says the
 *   same), store_newer when a later version wrote them, store_write_failed when a repair cannot be written
 */
export async function openStore<T>(options: OpenStoreOptions<T>): Promise<OpenedStore<T>> {
  const { dir, name, format, clock, log } = options;
  const paths = { main: join(dir, `${name}.json`), copy: join(dir, `${name}.last-good.json`) };
  await makePrivateFolder(dir);
  await removeTempFiles(dir, name);
  const main = await readState(paths.main, format);
  const copy = await readState(paths.copy, format);
  const plan = planOpen(main, copy);
  if (plan.kind === 'corrupt')
    throw new CodedError(
      'store_corrupt',
      `No usable settings were found (${plan.reason}). Nothing was changed. Put a backup of settings.json in its place and start again.`,
    );
  if (plan.kind === 'newer')
    throw new CodedError(
      'store_newer',
      `The settings were written in form ${plan.version}; this version reads up to form ${format.version}. Nothing was changed.`,
    );
  const low = new Low<T>(fileAdapter(paths, format, clock, log), format.initial);
  const write = async (value: T): Promise<void> => {
    low.data = value;
    await low.write();
  };
  const done = async () => {};
  if (plan.kind === 'fresh')
    return { store: serialStore(low.data, format, write), notice: null, prove: done };
  try {
    const { value, steps } = upToDate(plan.file, format);
    low.data = value;
    const keptAs = await putAside(options, plan, paths);
    const older =
      plan.file.kind === 'older'
        ? olderForm({ ...options, paths, file: plan.file, value, steps })
        : undefined;
    const trial = options.onTrial === true ? older : undefined;
    if (trial !== undefined) {
      if (plan.from === 'copy') await trial.write(value);
    } else {
      await older?.backUp();
      if (older !== undefined || plan.from === 'copy') await low.write();
      else if (!isSame(copy, plan.file)) await renewCopy(low, log);
    }
    const notice = repairNotice(plan, keptAs) ?? null;
    if (notice !== null) log.warn('store.repaired', { from: plan.from, kept_as: keptAs ?? '' });
    if (trial === undefined) return { store: serialStore(value, format, write), notice, prove: done };
    return { ...onTrial(value, trial, format, write), notice };
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('store_write_failed', undefined, { cause });
  }
}

/** Brings the copy in line with a main file that is whole; a full disk does not stop the start. */
async function renewCopy<T>(low: Low<T>, log: Log): Promise<void> {
  try {
    await low.write();
  } catch (error) {
    log.warn('store.copy_failed', { code: errorCodeOf(error) });
  }
}

/** Whether both files hold the same value. */
function isSame<T>(copy: FileState<T>, file: Usable<T>): boolean {
  return (
    copy.kind === 'current' &&
    file.kind === 'current' &&
    JSON.stringify(copy.value) === JSON.stringify(file.value)
  );
}

/** What a `kill -9` in the middle of a write leaves behind; never a file that was once whole in its place. */
async function removeTempFiles(dir: string, name: string): Promise<void> {
  const pattern = new RegExp(`^${name}(\\.[a-z0-9-]+)?\\.json\\.\\d+\\.tmp$`);
  const left = (await readdir(dir)).filter((file) => pattern.test(file));
  await Promise.all(left.map((file) => unlink(join(dir, file)).catch(() => {}))); // only litter: it may stay
}

/** Keeps a damaged file under a number of its own; the oldest go. Returns its name. */
async function putAside<T>(
  { dir, name }: OpenStoreOptions<T>,
  plan: OpenPlan<T>,
  paths: { readonly main: string; readonly copy: string },
): Promise<string | undefined> {
  if (plan.kind !== 'use' || plan.aside === 'none') return undefined;
  const pattern = new RegExp(`^${name}\\.damaged-(\\d{1,9})\\.json$`);
  const existing = (await readdir(dir)).flatMap((file) => pattern.exec(file)?.[1] ?? []).map(Number);
  const { next, remove } = planAside(existing);
  const keptAs = `${name}.damaged-${next}.json`;
  if (plan.aside === 'main') {
    // Copied, not moved: until the repair is written the damaged file itself says that something was here.
    await copyFile(paths.main, join(dir, keptAs)).catch(() => rename(paths.main, join(dir, keptAs)));
  } else await rename(paths.copy, join(dir, keptAs));
  for (const n of remove) await unlink(join(dir, `${name}.damaged-${n}.json`));
  await syncFolder(dir);
  return keptAs;
}

/** The value of a usable file in today's form, in memory, and the steps that led there. @throws store_corrupt */
function upToDate<T>(
  file: Usable<T>,
  format: Format<T>,
): { readonly value: T; readonly steps: readonly Migration[] } {
  if (file.kind === 'current') return { value: file.value, steps: [] };
  const steps = planMigrations(format.migrations, file.version, format.version);
  const value = steps === undefined ? undefined : migrate(file.raw, steps, format);
  if (steps === undefined || value === undefined)
    throw new CodedError(
      'store_corrupt',
      `The settings are in form ${file.version} and could not be brought to form ${format.version}. Nothing was changed.`,
    );
  return { value, steps };
}
