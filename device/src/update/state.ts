/**
 * What the root program remembers, step by step: written, then proven or given up. Pure.
 * Separate because this is the anti-rollback memory: which number is burnt and below which nothing comes back.
 */
import type { BootEntry, InstallRecord, LastUpdate, MachineFacts, RunningSystem } from './types.ts';

/** Failed versions that are remembered: more than anybody releases in the life of two slots. */
export const FAILED_KEPT = 32;

export const noRecord: InstallRecord = { pending: undefined, floor: 0, failed: [], last: undefined };

/** The version that runs and whether it is on trial. */
export interface Boot {
  readonly running: Pick<RunningSystem, 'version'>;
  readonly onTrial: boolean;
  readonly entries: readonly BootEntry[];
}

/**
 * The record after a look at what runs and what lies on the boot partition. Looking twice changes nothing more.
 * @param at  RFC 3339, now
 */
export function afterBoot(record: InstallRecord, boot: Boot, at: string): InstallRecord {
  const { running, onTrial, entries } = boot;
  const failed = withFailed(record.failed, entries, running.version);
  const floor = onTrial ? record.floor : Math.max(record.floor, running.version);
  const { pending } = record;
  if (pending === undefined) return { ...record, failed, floor };
  const ended = (last: Pick<LastUpdate, 'outcome' | 'obstacle'>): InstallRecord => ({
    pending: undefined,
    floor,
    failed,
    last: { version: pending.version, at, ...last },
  });
  if (running.version === pending.version)
    return onTrial ? { ...record, failed, floor } : ended({ outcome: 'installed', obstacle: undefined });
  if (failed.includes(pending.version)) return ended({ outcome: 'rolled-back', obstacle: undefined });
  if (!entries.some(({ version }) => version === pending.version))
    return ended({ outcome: 'refused', obstacle: 'cut-short' });
  return { ...record, failed, floor };
}

/** The record when the writing of a version begins: how the one before ended is history, how this one ends is found out. */
export function beforeWrite(record: InstallRecord, version: number, at: string): InstallRecord {
  return { ...record, pending: { version, at }, last: undefined };
}

/** The record after a version was refused. One that waits to be started still waits. */
export function afterRefusal(
  record: InstallRecord,
  refused: Pick<LastUpdate, 'version' | 'at' | 'obstacle'>,
): InstallRecord {
  return { ...record, last: { ...refused, outcome: 'refused' } };
}

/** What a verdict needs, out of the record and the boot. */
export function machineFacts(
  record: InstallRecord,
  boot: Boot & { readonly running: RunningSystem },
): MachineFacts {
  return { running: boot.running, onTrial: boot.onTrial, failed: record.failed, floor: record.floor };
}

/**
 * An entry without a try left was started as often as it may be; only the one that runs may yet prove itself on its
 * last try. Kept here, since the file goes with the next update.
 */
function withFailed(
  failed: readonly number[],
  entries: readonly BootEntry[],
  running: number,
): readonly number[] {
  const spent = entries
    .filter((entry) => entry.triesLeft === 0 && entry.version !== running)
    .map((entry) => entry.version);
  const all = [...failed, ...spent.filter((version) => !failed.includes(version))];
  return all.slice(-FAILED_KEPT);
}
