/** Updates on the machine: a good one is blessed, a bad one comes back by itself, a false one is never written. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../vm/guest.ts';
import { ownedByCable } from './support/owned.ts';
import type { Person } from './support/person.ts';
import { done, machines, nextImageFolder } from './support/prepared.ts';
import { type Release, ReleaseServer, releaseOf, spoiled } from './support/release.ts';

machines();
let release: Release;
let server: ReleaseServer;
let guest: Guest;
let owner: Person;

beforeAll(async () => {
  release = await releaseOf(nextImageFolder());
  server = await ReleaseServer.start();
});
afterAll(() => server?.stop());

const begin = async () => {
  ({ guest, owner } = await ownedByCable(server.port));
};
const entries = () => guest.must('ls /boot/EFI/Linux');
/** What is in the slots and on the boot partition: the same before and after means that nothing was written. */
const written = () =>
  guest.must(
    'ls -l /boot/EFI/Linux; for p in /dev/disk/by-partlabel/*; do echo "$p"; done; lsblk --noheadings --output PARTLABEL,PARTUUID',
  );
const version = () => guest.must("sed -n 's/^IMAGE_VERSION=//p' /usr/lib/os-release | tr -d '\"'");

describe('a version that is not what it says', () => {
  beforeAll(begin);
  afterAll(() => done(guest));

  it.each(['tampered-manifest', 'other-key', 'tampered-file', 'unsigned-kernel'] as const)(
    'is refused before anything is written: %s',
    async (kind) => {
      const before = await written();
      server.folder = await spoiled(kind, release);
      const found = await owner.findUpdate();
      if (found.available !== null) {
        await owner.api('/api/update/install', {});
        const after = await owner.untilUpdate(
          'the refusal',
          ({ state, last }) => state.kind === 'idle' && last !== null,
        );
        expect(after.last?.outcome).toBe('refused');
        expect(after.last?.reason).toMatch(/\.$/);
      }
      expect((await owner.update()).state.kind).toBe('idle');
      expect(await written()).toBe(before);
    },
  );
});

describe('a good version', () => {
  beforeAll(begin);
  afterAll(() => done(guest));

  it('is found, written beside the one that runs, and starts when the owner says so', async () => {
    await guest.must('echo kept >/var/lib/b3iq-test-mark');
    server.folder = release.folder;
    const found = await owner.findUpdate();
    expect(found.available).toMatchObject({ version: String(release.manifest.version), from: 'url' });
    await owner.api('/api/update/install', {});
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
    expect(await entries()).toMatch(/^b3iq_1\.efi\nb3iq_2\+3-0\.efi$/);
    expect(await version(), 'nothing that runs was touched').toBe('1');
    await owner.api('/api/update/restart', {});
    await guest.untilRestart();
    await guest.untilShell();
    expect(await version()).toBe('2');
  });

  it('is blessed once it has proven itself, with data, identity and owner as before', async () => {
    await guest.until('the blessing', 'systemctl is-active systemd-bless-boot.service', guest.limits.bootMs);
    expect(await entries()).toMatch(/^b3iq_1\.efi\nb3iq_2\.efi$/);
    expect(await guest.must('cat /var/lib/b3iq-test-mark')).toBe('kept');
    await owner.signIn();
    const update = await owner.untilUpdate('the outcome', ({ last }) => last?.outcome === 'installed');
    expect(update).toMatchObject({
      current: { version: '2' },
      previous: { version: '1' },
      state: { kind: 'idle' },
    });
    expect((await guest.run('systemctl is-system-running --wait', guest.limits.bootMs)).stdout.trim()).toBe(
      'running',
    );
  });

  it('is not offered again, and an older one never', async () => {
    expect((await owner.findUpdate()).available).toBeNull();
  });
});

describe('a version that does not prove itself', () => {
  beforeAll(begin);
  afterAll(() => done(guest));

  it('is tried three times, and the one before it comes back by itself with data unlocked', async () => {
    await guest.must('mkdir -p /var/lib/b3iq-test; touch /var/lib/b3iq-test/fail-2; sync');
    server.folder = release.folder;
    await owner.findUpdate();
    await owner.api('/api/update/install', {});
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
    await owner.api('/api/update/restart', {});
    for (const _ of ['first try', 'second try', 'third try', 'back again'])
      await guest.untilRestart(guest.limits.bootMs * 2);
    await guest.untilShell();
    expect(await version()).toBe('1');
    expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
    await guest.until('the agent', 'systemctl is-active b3iq-device.service', guest.limits.bootMs);
    await owner.signIn();
    const update = await owner.untilUpdate('the outcome', ({ last }) => last?.outcome === 'rolled-back');
    expect(update.current.version).toBe('1');
    expect(update.last?.reason).toMatch(/\.$/);
    expect((await owner.findUpdate()).available, 'a failed version is not offered again').toBeNull();
  });
});
