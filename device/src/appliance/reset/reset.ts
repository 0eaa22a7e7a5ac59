/**
 * The factory reset: the key of the owner's data is destroyed, identity and label stay, the claim is armed again.
 * Separate from who asked for it: dashboard, power button and boot menu all end here.
 *
 * Power may fail anywhere. The mark is written first and removed last, and a start that finds it does all of it again:
 * every step may be repeated, and nothing of a new owner can be there before the mark is gone.
 */
import { randomBytes } from 'node:crypto';
import { access, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { newClaimEpoch } from '@b3iq/wire';
import { type Label, parseLabelFile } from '../../claim/label.ts';
import { syncFolder, writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import type { Disk } from '../disk/port.ts';
import { PARTITION_NAMES } from '../disk/types.ts';

/** In the factory partition while a reset is under way (b3iq-factory-reset-resume.service looks for it). */
export const MARK = 'reset-pending';

export interface ResetDeps {
  /** The factory partition, `/factory`. */
  readonly folder: string;
  readonly disk: Disk;
  readonly log: Log;
}

/**
 * Leaves the machine as it was when it was sealed, but for the claim epoch; a restart must follow, which makes a new
 * data partition. @throws appliance_step_failed, or what node:fs throws; the mark then stays and the next start goes on
 */
export async function resetMachine({ folder, disk, log }: ResetDeps): Promise<void> {
  const mark = join(folder, MARK);
  await writeDurably(mark, '');
  const table = await disk.readTable();
  for (const { name, node, number } of table.partitions) {
    if (name !== PARTITION_NAMES.data) continue;
    // From here on nobody opens the data any more, not even with the recovery key.
    await disk.eraseKeys(node);
    await disk.wipeHeader(node);
    await disk.removePartition(table.disk, number);
    log.warn('reset.data_destroyed', { node });
  }
  await armClaim(folder, log);
  await unlink(mark);
  await syncFolder(folder);
  log.info('reset.done');
}

/** Whether a reset was begun and not finished. */
export async function isResetPending(folder: string): Promise<boolean> {
  try {
    await access(join(folder, MARK));
    return true;
  } catch {
    return false;
  }
}

/** The printed label keeps working: same secret, new epoch, so that whatever was signed for the old owner is void. */
async function armClaim(folder: string, log: Log): Promise<void> {
  const path = join(folder, 'label.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    log.warn('reset.never_sealed'); // a machine that has no label yet gets one at its next start
    return;
  }
  const label = parseLabelFile(text);
  if (label === undefined) {
    // Said and left: sealing says what is the matter with it, and a reset must not be stopped by it.
    log.error('reset.label_unreadable');
    return;
  }
  const armed: Label = { ...label, claim_epoch: newClaimEpoch(randomBytes(16)) };
  await writeDurably(path, `${JSON.stringify(armed, null, 2)}\n`);
}
