/** What goes wrong in a machine's life: programs killed, a full disk, a clock that is years off. It goes on by itself. */
import { describe, expect, it } from 'vitest';
import { ownedByCable, untilBack } from '../support/owned.ts';
import { done, machines } from '../support/prepared.ts';
import { note } from '../support/record.ts';

machines('each test its own');

describe('the machine goes on by itself', () => {
  it('when the agent is killed: the owner is still signed in', async () => {
    const { guest, owner } = await ownedByCable();
    await guest.must('systemctl kill --signal=KILL b3iq-device.service');
    await guest.until(
      'the agent',
      'systemctl is-active b3iq-device.service && curl --fail --silent http://127.0.0.1/health',
    );
    expect((await owner.setupState()).signed_in).toBe(true);
    await note('faults', { fault: 'agent killed', outcome: 'went on' });
    await done(guest);
  });

  it('when an engine is killed: the next answer comes, and the agent has not noticed more than that', async () => {
    const { guest, owner } = await ownedByCable();
    const key = await owner.key();
    const before = await guest.must('systemctl show --property=MainPID --value b3iq-device.service');
    await guest.must('systemctl kill --signal=KILL b3iq-engine@0.service');
    await guest.until('the engine', 'systemctl is-active b3iq-engine@0.service', guest.limits.bootMs);
    await owner.untilReady();
    expect((await owner.answer(key)).text).not.toBe('');
    expect(await guest.must('systemctl show --property=MainPID --value b3iq-device.service')).toBe(before);
    await note('faults', { fault: 'engine killed', outcome: 'went on' });
    await done(guest);
  });

  it('when the disk is full: the page answers and says so, and room heals it', async () => {
    const { guest, owner } = await ownedByCable();
    await guest.must('dd if=/dev/zero of=/var/lib/fill bs=1M 2>/dev/null || true; sync', guest.limits.bootMs);
    expect((await owner.ask('/setup/')).status).toBeLessThan(400);
    expect((await owner.setupState()).hardware.checks.find(({ id }) => id === 'disk')?.ok).toBe(false);
    await guest.must('rm /var/lib/fill; sync');
    await owner.key();
    expect((await guest.run('systemctl is-system-running')).stdout.trim()).toBe('running');
    await note('faults', { fault: 'disk full', outcome: 'went on' });
    await done(guest);
  });

  it.each(['1999-01-01 00:00:00', '2091-06-01 12:00:00'])(
    'when its clock says %s at the start',
    async (time) => {
      const { guest, owner } = await ownedByCable();
      await guest.must(`date --set='${time}'; hwclock --systohc 2>/dev/null || true`);
      await guest.restart();
      await untilBack(guest);
      await owner.signIn();
      expect((await owner.setupState()).state).toBe('claimed');
      await note('faults', { fault: `clock ${time}`, outcome: 'went on' });
      await done(guest);
    },
  );
});
