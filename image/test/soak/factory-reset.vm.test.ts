/** Factory reset by each way: the owner's data is gone for good, the machine is the same one, and can be set up again. */
import { describe, expect, it } from 'vitest';
import type { Guest } from '../../vm/guest.ts';
import { restartInto } from '../support/boot-menu.ts';
import { readLabel } from '../support/console.ts';
import { ownedByCable, untilBack } from '../support/owned.ts';
import { OWNER, type Person } from '../support/person.ts';
import { done, machines } from '../support/prepared.ts';
import { note } from '../support/record.ts';

machines('each test its own');

async function resetBy(way: string, reset: (guest: Guest, owner: Person) => Promise<void>): Promise<void> {
  const { guest, owner } = await ownedByCable();
  const { node_id } = await owner.setupState();
  const header = await guest.must('dd if=/dev/disk/by-partlabel/data bs=1M count=16 2>/dev/null | sha256sum');
  await guest.must('echo secret >/var/lib/b3iq-test-mark; sync');
  await reset(guest, owner);
  await guest.untilRestart();
  await guest.untilShell();
  await untilBack(guest, guest.limits.bootMs * 2);
  // Not its UUID: systemd-repart draws that from the machine's seed, so it is the same again.
  expect(
    await guest.must('dd if=/dev/disk/by-partlabel/data bs=1M count=16 2>/dev/null | sha256sum'),
    'another volume key',
  ).not.toBe(header);
  expect((await guest.run('test -e /var/lib/b3iq-test-mark')).status).toBe(1);
  const after = await owner.setupState();
  expect(after).toMatchObject({ state: 'unclaimed', node_id, signed_in: false });
  await owner.claim((await readLabel(guest)).setupCode);
  await note('factory_resets', { by: way, outcome: 'empty, same identity, claimed again' });
  await done(guest);
}

describe('factory reset', () => {
  it('from the dashboard, with the password', () =>
    resetBy('dashboard', async (_, owner) => {
      await expect(owner.api('/api/factory-reset', { password: 'not this' })).rejects.toThrow(/40[13]/);
      await owner.api('/api/factory-reset', { password: OWNER.password });
    }));

  it('by five short presses of the power button', () =>
    resetBy('power button', async (guest) => {
      for (let press = 0; press < 5; press += 1) await guest.pressPowerButton();
    }));

  it('from the boot menu', () =>
    resetBy('boot menu', async (guest) => {
      // Into the entry, which resets and starts the machine once more.
      await restartInto(guest, 'factory-reset');
    }));
});
