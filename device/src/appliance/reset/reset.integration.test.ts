import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Label, parseLabelFile, secretOf } from '../../claim/label.ts';
import { memoryLog } from '../../os/log.ts';
import { FakeDisk } from '../disk/fake.ts';
import { FakeSealer } from '../seal/fake.ts';
import { sealMachine } from '../seal/seal.ts';
import { isResetPending, MARK, resetMachine } from './reset.ts';

const NAMES = ['b3iq-esp', 'b3iq_1', 'b3iq_1_verity', '_empty', '_empty', 'b3iq-factory', 'data'];
const DESTROYED = ['erase /dev/vda7', 'wipe /dev/vda7', 'remove /dev/vda 7'];

async function sealed(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-factory-'));
  await sealMachine({ folder, sealer: new FakeSealer(), log: memoryLog() });
  return folder;
}
async function labelIn(folder: string): Promise<Label> {
  const label = parseLabelFile(await readFile(join(folder, 'label.json'), 'utf8'));
  if (label === undefined) throw new Error('the label does not read back');
  return label;
}

test('the data key is destroyed first, the rest of the disk is left alone, and the claim is armed with the same label', async () => {
  const [folder, disk, log] = [await sealed(), new FakeDisk(NAMES), memoryLog()];
  const identity = await readFile(join(folder, 'identity.cred'), 'utf8');
  const before = await labelIn(folder);
  await resetMachine({ folder, disk, log });
  expect(disk.done).toEqual(DESTROYED);
  expect(disk.partitions.map(({ name }) => name)).toEqual(NAMES.slice(0, -1));
  const after = await labelIn(folder);
  expect(after.claim_epoch).not.toBe(before.claim_epoch);
  expect({ ...after, claim_epoch: '' }).toEqual({ ...before, claim_epoch: '' });
  expect(secretOf(after)).toEqual(secretOf(before));
  expect(await readFile(join(folder, 'identity.cred'), 'utf8')).toBe(identity);
  expect(await isResetPending(folder)).toBe(false);
});

test.each(DESTROYED)('power cut before %s: the next start does the rest', async (at) => {
  const [folder, disk, log] = [await sealed(), new FakeDisk(NAMES), memoryLog()];
  const before = await labelIn(folder);
  disk.onStep = (step) => {
    if (step === at) throw new Error('power');
  };
  await expect(resetMachine({ folder, disk, log })).rejects.toThrow('power');
  expect(await isResetPending(folder)).toBe(true);
  disk.onStep = () => {};
  await resetMachine({ folder, disk, log });
  expect(disk.partitions.some(({ name }) => name === 'data')).toBe(false);
  expect((await labelIn(folder)).claim_epoch).not.toBe(before.claim_epoch);
  expect(await readdir(folder)).not.toContain(MARK);
});

test('after a cut that came late, a data partition that the start made anew goes too: nobody owns it yet', async () => {
  const [folder, disk, log] = [await sealed(), new FakeDisk(NAMES), memoryLog()];
  await resetMachine({ folder, disk, log });
  const remade = new FakeDisk(NAMES);
  await resetMachine({ folder, disk: remade, log });
  expect(remade.done).toEqual(DESTROYED);
});

test('a machine that was never sealed, or whose label is damaged, is reset all the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-factory-'));
  const [disk, log] = [new FakeDisk(NAMES), memoryLog()];
  await resetMachine({ folder, disk, log });
  expect(disk.done).toEqual(DESTROYED);
  expect(await readdir(folder)).toEqual([]);
});
