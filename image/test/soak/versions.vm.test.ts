/** Versions that do not start: a broken root, a panic, a hang. Each comes back by itself, with data unlocked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../../vm/guest.ts';
import { ownedByCable, untilCabled } from '../support/owned.ts';
import { type Person, refuseUpdate } from '../support/person.ts';
import { done, machines, nextImageFolder } from '../support/prepared.ts';
import { note } from '../support/record.ts';
import { type Release, ReleaseServer, releaseOf, spoiled } from '../support/release.ts';

machines('each test its own');
let release: Release;
let server: ReleaseServer;
beforeAll(async () => {
  release = await releaseOf(nextImageFolder());
  server = await ReleaseServer.start();
});
afterAll(() => server?.stop());

async function installAndComeBack(guest: Guest, owner: Person): Promise<void> {
  await owner.findUpdate();
  await owner.api('/api/update/install', {});
  await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
  await owner.api('/api/update/restart', {});
  for (let start = 0; start < 4; start += 1) await guest.untilRestart(guest.limits.bootMs * 2);
  await guest.untilShell();
  expect(await guest.must("sed -n 's/^IMAGE_VERSION=//p' /usr/lib/os-release | tr -d '\"'")).toBe('1');
  await guest.until('the agent', 'systemctl is-active b3iq-device.service', guest.limits.bootMs);
  expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
  await untilCabled(guest);
  await owner.signIn();
  await owner.untilUpdate('the outcome', ({ last }) => last?.outcome === 'rolled-back');
}

describe('the version before comes back by itself', () => {
  it('from a root that is not what its hash says', async () => {
    server.folder = await spoiled('broken-root', release);
    const { guest, owner } = await ownedByCable({ updatesPort: server.port });
    await installAndComeBack(guest, owner);
    await note('rollbacks', { from: 'broken root', outcome: 'came back' });
    await done(guest);
  });

  it.each(['panic', 'hang'] as const)('from a %s', async (fault) => {
    server.folder = release.folder;
    const { guest, owner } = await ownedByCable({ updatesPort: server.port });
    await guest.must(`mkdir -p /var/lib/b3iq-test; touch /var/lib/b3iq-test/${fault}-2; sync`);
    await installAndComeBack(guest, owner);
    await note('rollbacks', { from: fault, outcome: 'came back' });
    await done(guest);
  });
});

it('a changed root is refused when all of it has come, and nothing is written', async () => {
  const { guest, owner } = await ownedByCable({ updatesPort: server.port });
  const entries = () => guest.must('ls /boot/EFI/Linux; lsblk --noheadings --output PARTLABEL,PARTUUID');
  const before = await entries();
  server.folder = await spoiled('tampered-file', release);
  await refuseUpdate(owner);
  expect(await entries()).toBe(before);
  await done(guest);
});
