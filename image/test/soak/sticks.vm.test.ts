/** What comes on a USB stick: the system for an empty disk, and a new version for a machine without internet. */
import { describe, expect, it } from 'vitest';
import type { Guest } from '../../vm/guest.ts';
import { startFromMenu } from '../support/boot-menu.ts';
import { ownedByCable, untilBack } from '../support/owned.ts';
import { done, machines, newGuest, nextImageFolder } from '../support/prepared.ts';
import { note } from '../support/record.ts';
import { releaseOf } from '../support/release.ts';
import { installStick, updateStick } from '../support/stick.ts';

machines();

/** Starts the stick's entry for installing, and answers on the console. @returns where what it said begins */
async function install(guest: Guest, ...answers: readonly (readonly [RegExp, string])[]): Promise<number> {
  guest.change({ usbStick: await installStick() });
  const from = guest.console.mark();
  await startFromMenu(guest, 'Install to the internal disk', 3);
  for (const [question, answer] of answers) {
    await guest.console.waitFor(question, { timeoutMs: guest.limits.bootMs, from });
    guest.console.type(`${answer}\n`);
  }
  return from;
}

const nodeId = (guest: Guest) =>
  guest.must('curl --fail --silent http://127.0.0.1/api/setup/state | grep -o \'"node_id":"[^"]*"\'');

describe('a stick with the image on it', () => {
  it('installs itself to an empty disk, and asks twice before it destroys an owner’s data', async () => {
    const guest = await newGuest({}, 'empty');
    await install(guest, [/Number of the disk[^\n]*: $/, '1'], [/Type ERASE to go on: $/, 'ERASE']);
    const said = (pattern: RegExp, from = 0) =>
      guest.console.waitFor(pattern, { timeoutMs: guest.limits.bootMs * 2, from });
    await said(/Press Enter to switch the machine off/);
    guest.console.type('\n');
    await guest.untilOff();
    guest.change({ usbStick: undefined });
    await guest.boot();
    await untilBack(guest);
    const identity = await nodeId(guest);
    expect(await guest.must('cat /proc/cmdline')).not.toContain('b3iq.entry=install');
    expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
    await guest.switchOff();

    const again = await install(
      guest,
      [/Number of the disk[^\n]*: $/, '1'],
      [/holds its owner’s data[\s\S]*Type ERASE to go on: $/, 'ERASE'],
      [/Type ERASE OWNER DATA to destroy[^\n]*: $/, 'ERASE'],
    );
    await said(/Nothing was changed/, again);
    await guest.cutPower();
    guest.change({ usbStick: undefined });
    await guest.boot();
    await untilBack(guest);
    expect(await nodeId(guest), 'the machine it was').toBe(identity);
    await note('sticks', { stick: 'install', outcome: 'installed; owner data kept' });
    await done(guest);
  });
});

describe('a stick with a version on it', () => {
  it('updates a machine that reaches no update server', async () => {
    const release = await releaseOf(nextImageFolder());
    const { guest, owner } = await ownedByCable();
    await guest.plugIn(await updateStick(release.folder));
    await guest.until('the stick', 'findmnt /run/b3iq-update-stick', guest.limits.taskMs);
    const found = await owner.findUpdate();
    expect(found.available).toMatchObject({ version: String(release.manifest.version), from: 'stick' });
    await owner.api('/api/update/install', {});
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
    await guest.qmp('device_del', { id: 'stick' });
    await owner.api('/api/update/restart', {});
    await guest.untilRestart();
    await guest.untilShell();
    expect(await guest.must("sed -n 's/^IMAGE_VERSION=//p' /usr/lib/os-release | tr -d '\"'")).toBe('2');
    await note('sticks', { stick: 'update', outcome: 'installed and started' });
    await done(guest);
  });
});
