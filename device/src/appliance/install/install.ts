/**
 * The conversation that ends with this system on the internal disk, or with nothing changed.
 * Separate from writing it, because every wrong answer must lead to nothing, and that is what is tested.
 */
import { errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import type { Machine, Person } from './port.ts';
import type { Outcome, TargetDisk } from './types.ts';

/** What must be typed, letter by letter. */
export const CONFIRM = 'ERASE';
export const CONFIRM_OWNER_DATA = 'ERASE OWNER DATA';

export interface InstallDeps {
  readonly machine: Machine;
  readonly person: Person;
  readonly log: Log;
}

export async function installSystem({ machine, person, log }: InstallDeps): Promise<Outcome> {
  person.say('', 'Install B3IQ to the internal disk', '');
  if (!machine.hasTpm())
    person.say(
      'This machine shows no TPM 2.0. B3IQ does not start without one: switch it on in the firmware settings (fTPM, PTT) first.',
      '',
    );
  const disks = await machine.disks();
  if (disks.length === 0) {
    person.say('There is no internal disk of at least 8 GiB. Nothing was changed.');
    return { kind: 'no-disk' };
  }
  disks.forEach((disk, index) => {
    person.say(`  ${index + 1}   ${describe(disk)}`);
  });
  const disk = await choose(disks, person);
  if (disk === undefined || !(await isConfirmed(disk, person))) {
    person.say('Nothing was changed.');
    return { kind: 'declined' };
  }
  person.say('Writing. This takes some minutes; do not switch the machine off.');
  log.info('install.begun', { disk: disk.path, holds: disk.holds });
  try {
    await machine.write(disk);
  } catch (error) {
    log.error('install.failed', { disk: disk.path, reason: errorChain(error) });
    person.say('It could not be written. The disk holds nothing usable now; check it and try again.');
    return { kind: 'failed', disk };
  }
  log.info('install.done', { disk: disk.path });
  person.say('Installed. Pull out the stick before the machine starts again: both would answer to one name.');
  return { kind: 'installed', disk };
}

async function choose(disks: readonly TargetDisk[], person: Person): Promise<TargetDisk | undefined> {
  const answer = await person.ask('Number of the disk to install to, or nothing to leave: ');
  return /^[1-9]\d?$/.test(answer) ? disks[Number(answer) - 1] : undefined;
}

/** Once for an ordinary disk; a disk that holds an owner's data must be told twice. */
async function isConfirmed(disk: TargetDisk, person: Person): Promise<boolean> {
  switch (disk.holds) {
    case 'nothing':
      person.say('The disk is empty.');
      break;
    case 'something':
      person.say('Everything on this disk will be destroyed.');
      break;
    case 'owner-data':
      person.say(
        'This disk belongs to a B3IQ machine and holds its owner’s data: models, keys, receipts, and who the machine is.',
        'A recovery key will not bring them back.',
      );
  }
  if ((await person.ask(`Type ${CONFIRM} to go on: `)) !== CONFIRM) return false;
  if (disk.holds !== 'owner-data') return true;
  person.say('Once more, because nobody can undo it.');
  return (
    (await person.ask(`Type ${CONFIRM_OWNER_DATA} to destroy the owner’s data: `)) === CONFIRM_OWNER_DATA
  );
}

function describe({ path, model, sizeBytes, holds }: TargetDisk): string {
  const what = { nothing: 'empty', something: 'holds data', 'owner-data': 'holds a B3IQ owner’s data' }[
    holds
  ];
  return `${model}, ${Math.round(sizeBytes / 1e9)} GB, ${what} (${path})`;
}
