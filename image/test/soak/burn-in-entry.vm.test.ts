/** The factory's boot entry: the same signed kernel image, and nothing in it can open what belongs to the owner. */
import { expect, it } from 'vitest';
import { restartInto } from '../support/boot-menu.ts';
import { ownedByCable, untilBack } from '../support/owned.ts';
import { done, machines } from '../support/prepared.ts';

machines('each test its own');

it('the burn-in entry starts beside the owner’s data, cannot open it, and leaves it as it was', async () => {
  const { guest, owner } = await ownedByCable();
  await guest.must('echo kept >/var/lib/b3iq-test-mark; sync');
  await restartInto(guest, 'burn-in');
  await guest.untilShell();
  await guest.run('systemctl is-system-running --wait', guest.limits.bootMs);
  expect(await guest.must('cat /proc/cmdline')).toContain('b3iq.entry=burn-in');
  expect(await guest.must('findmnt --noheadings --output FSTYPE /var'), 'memory in its place').toBe('tmpfs');
  const opened = await guest.run(
    '$(command -v systemd-cryptsetup || echo /usr/lib/systemd/systemd-cryptsetup) attach probe /dev/disk/by-partlabel/data - tpm2-device=auto,headless=true,tries=1',
    guest.limits.taskMs,
  );
  expect(opened.status, 'this TPM, this disk, this machine, another entry').not.toBe(0);
  expect((await guest.run('test -e /dev/mapper/probe')).status).not.toBe(0);
  expect((await guest.run('systemctl is-active b3iq-device.service')).stdout.trim()).not.toBe('active');
  await guest.restart();
  await untilBack(guest);
  expect(await guest.must('cat /var/lib/b3iq-test-mark')).toBe('kept');
  await owner.signIn();
  await done(guest);
});
