import { expect, test } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { FakeMachine, FakePerson } from './fake.ts';
import { CONFIRM, CONFIRM_OWNER_DATA, installSystem } from './install.ts';
import type { Holds, TargetDisk } from './types.ts';

const disk = (path: string, holds: Holds): TargetDisk => ({
  path,
  holds,
  model: 'Fast Disk',
  sizeBytes: 1e12,
});
async function talk(disks: readonly TargetDisk[], ...answers: readonly string[]) {
  const [machine, person] = [new FakeMachine(...disks), new FakePerson(...answers)];
  const outcome = await installSystem({ machine, person, log: memoryLog() });
  return { outcome, written: machine.written, heard: person.heard.join('\n') };
}

test('the chosen disk is written once it was confirmed, and no other', async () => {
  const disks = [disk('/dev/sda', 'something'), disk('/dev/nvme0n1', 'nothing')];
  expect((await talk(disks, '2', CONFIRM)).written).toEqual(['/dev/nvme0n1']);
  expect((await talk(disks, '1', CONFIRM)).written).toEqual(['/dev/sda']);
});

test.each([
  [['']],
  [['0']],
  [['3']],
  [['1x']],
  [['1']],
  [['1', 'yes']],
  [['1', 'erase']],
  [['1', `${CONFIRM}.`]],
])('%j changes nothing', async (answers) => {
  const { outcome, written, heard } = await talk([disk('/dev/sda', 'nothing')], ...answers);
  expect(outcome).toEqual({ kind: 'declined' });
  expect(written).toEqual([]);
  expect(heard).toContain('Nothing was changed');
});

test('owner data must be told twice, with other words', async () => {
  const disks = [disk('/dev/sda', 'owner-data')];
  expect((await talk(disks, '1', CONFIRM)).written).toEqual([]);
  expect((await talk(disks, '1', CONFIRM, CONFIRM)).written).toEqual([]);
  expect((await talk(disks, '1', CONFIRM_OWNER_DATA, CONFIRM_OWNER_DATA)).written).toEqual([]);
  const { written, heard } = await talk(disks, '1', CONFIRM, CONFIRM_OWNER_DATA);
  expect(written).toEqual(['/dev/sda']);
  expect(heard).toContain('holds a B3IQ owner’s data');
});

test('without a disk, without a TPM, and with a disk that fails, it says so', async () => {
  expect((await talk([])).outcome).toEqual({ kind: 'no-disk' });
  const [machine, person, log] = [
    new FakeMachine(disk('/dev/sda', 'nothing')),
    new FakePerson('1', CONFIRM),
    memoryLog(),
  ];
  machine.tpm = false;
  machine.fails = true;
  expect((await installSystem({ machine, person, log })).kind).toBe('failed');
  expect(person.heard.join('\n')).toContain('TPM 2.0');
  expect(person.heard.join('\n')).toContain('could not be written');
  expect(log.lines.join()).not.toContain('/dev/somewhere');
});
