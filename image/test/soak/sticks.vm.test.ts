/** What comes on a USB stick: the system for an empty disk, a new version for a machine without internet, and models. */
import type { ModelInstall, StickAnswer } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import type { Guest } from '../../vm/guest.ts';
import { until } from '../../vm/until.ts';
import { startFromMenu } from '../support/boot-menu.ts';
import { ownedByCable, untilBack } from '../support/owned.ts';
import { done, machines, newGuest, nextImageFolder } from '../support/prepared.ts';
import { note } from '../support/record.ts';
import { releaseOf } from '../support/release.ts';
import { installStick, modelStick, updateStick } from '../support/stick.ts';

machines('each test its own');

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
    expect(found.available).toMatchObject({ version: String(release.manifest.version), from: 'usb' });
    await owner.api('/api/update/install', {});
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
    await guest.pullOut();
    await owner.api('/api/update/restart', {});
    await guest.untilRestart();
    await guest.untilShell();
    expect(await guest.must("sed -n 's/^IMAGE_VERSION=//p' /usr/lib/os-release | tr -d '\"'")).toBe('2');
    await note('sticks', { stick: 'update', outcome: 'installed and started' });
    await done(guest);
  });
});

describe('a stick with models on it', () => {
  const PLACE = '/run/b3iq-models-stick';
  const isGone = (stick: StickAnswer) => stick.state === 'absent';
  const isThere = (stick: StickAnswer) => stick.state === 'present' && stick.models.length > 0;

  it('shows on the page of a running machine, pulled out half way too, and what is installed from it answers', async () => {
    const { guest, owner } = await ownedByCable();
    const model = await modelStick();
    expect(isGone(await owner.stick())).toBe(true);
    // Slow, so that it can be pulled out while it is read.
    await guest.plugIn(model.path, 256 * 1024);
    const { models } = await owner.untilStick('the model on the page', isThere);
    expect(models).toEqual([{ name: model.name, size_bytes: model.sizeBytes, state: 'available' }]);
    const options = (await guest.must(`findmnt --noheadings --output OPTIONS ${PLACE}`)).trim().split(',');
    expect(options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
    expect(await guest.must(`stat -c '%a %U:%G' ${PLACE} '${PLACE}/${model.name}'`)).toBe(
      '500 b3iq:b3iq\n400 b3iq:b3iq',
    );

    const source = { kind: 'stick', name: model.name } as const;
    const { id } = await owner.api<ModelInstall>('/api/models/installs', { id: 'by-hand', source });
    await owner.untilInstall('some of it', (install) => install.done_bytes > 0);
    await guest.pullOut();
    const stopped = await owner.untilInstall('a stop', (install) => install.phase === 'failed');
    expect(stopped.message).toMatch(/Plug it in again, then resume\.$/);
    await owner.untilStick('no stick on the page', isGone);
    await guest.until('a place for the next stick', `! findmnt ${PLACE}`);
    expect(await guest.must(`stat -c '%a %U' ${PLACE}`)).toBe('700 root');

    await guest.plugIn(model.path);
    await owner.untilStick('the model once more', isThere);
    await owner.api(`/api/models/installs/${id}/resume`, {});
    await owner.untilServed('by-hand');
    expect((await owner.stick()).models).toMatchObject([{ name: model.name, state: 'installed' }]);
    await guest.pullOut();
    const key = await owner.key();
    const answer = await until('an answer', () => owner.answer(key, owner.origin, 'by-hand'), {
      timeoutMs: guest.limits.bootMs,
      everyMs: 1_000,
    });
    expect(answer.text).not.toBe('');
    expect(answer.receipt).not.toBe('');
    expect(await guest.must('systemctl --failed --no-legend --plain --no-pager | grep stick || true')).toBe(
      '',
    );
    await note('sticks', { stick: 'models', outcome: 'pulled out, plugged in again, installed, answered' });
    await done(guest);
  });
});
