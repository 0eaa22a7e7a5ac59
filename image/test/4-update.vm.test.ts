/** Updates on the machine: a good one is blessed, a bad one comes back by itself, a false one is never written. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../vm/guest.ts';
import { ownedByCable, untilCabled } from './support/owned.ts';
import { type Person, refuseUpdate } from './support/person.ts';
import { done, keepAs, machines, nextImageFolder, type State } from './support/prepared.ts';
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

const from = (state: Exclude<State, 'unclaimed'>) => async () => {
  ({ guest, owner } = await ownedByCable({ state, updatesPort: server.port }));
};
const entries = () => guest.must('ls /boot/EFI/Linux');
/** What is in the slots and on the boot partition: the same before and after means that nothing was written. */
const written = () =>
  guest.must(
    'ls -l /boot/EFI/Linux; for p in /dev/disk/by-partlabel/*; do echo "$p"; done; lsblk --noheadings --output PARTLABEL,PARTUUID',
  );
const version = () => guest.must("sed -n 's/^IMAGE_VERSION=//p' /usr/lib/os-release | tr -d '\"'");

describe('a version that is not what it says', () => {
  beforeAll(from('claimed'));
  afterAll(() => done(guest));

  it.each(['tampered-manifest', 'other-key', 'unsigned-kernel'] as const)(
    'is refused before anything is written: %s',
    async (kind) => {
      const before = await written();
      server.folder = await spoiled(kind, release);
      await refuseUpdate(owner);
      expect(await written()).toBe(before);
    },
  );
});

describe('a good version', () => {
  beforeAll(from('claimed'));

  it('is found, fetched, proven, and written beside the one that runs', async () => {
    await guest.must('echo kept >/var/lib/b3iq-test-mark');
    server.folder = release.folder;
    const found = await owner.findUpdate();
    expect(found.available).toMatchObject({ version: String(release.manifest.version), from: 'url' });
    await owner.api('/api/update/install', {});
    await owner.untilUpdate(
      'the next version being written',
      ({ state }) => state.kind === 'installing' && state.phase === 'writing',
    );
    // For the power cut in its middle.
    await keepAs('writing', guest);
    await from('writing')();
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
    expect(await entries()).toMatch(/^b3iq_1\.efi\nb3iq_2\+3-0\.efi$/);
    expect(await version(), 'nothing that runs was touched').toBe('1');
    // For the start that goes well and the one that does not.
    await keepAs('ready', guest);
  });

  describe('started when its owner says so', () => {
    beforeAll(from('ready'));
    afterAll(() => done(guest));

    it('runs', async () => {
      await owner.api('/api/update/restart', {});
      await guest.untilRestart();
      await guest.untilShell();
      expect(await version()).toBe('2');
    });

    it('is blessed once it has proven itself, with data, identity and owner as before', async () => {
      await guest.until(
        'the blessing',
        'systemctl is-active systemd-bless-boot.service',
        guest.limits.bootMs,
      );
      expect(await entries()).toMatch(/^b3iq_1\.efi\nb3iq_2\.efi$/);
      expect(await guest.must('cat /var/lib/b3iq-test-mark')).toBe('kept');
      await untilCabled(guest);
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
});

describe('a version that does not prove itself', () => {
  beforeAll(from('ready'));
  afterAll(() => done(guest));

  it('is tried three times, and the one before it comes back by itself with data unlocked', async () => {
    await guest.must('mkdir -p /var/lib/b3iq-test; touch /var/lib/b3iq-test/fail-2; sync');
    await owner.api('/api/update/restart', {});
    for (const _ of ['first try', 'second try', 'third try', 'back again'])
      await guest.untilRestart(guest.limits.bootMs * 2);
    await guest.untilShell();
    expect(await version()).toBe('1');
    await guest.until('the agent', 'systemctl is-active b3iq-device.service', guest.limits.bootMs);
    expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
    await untilCabled(guest);
    await owner.signIn();
    const update = await owner.untilUpdate('the outcome', ({ last }) => last?.outcome === 'rolled-back');
    expect(update.current.version).toBe('1');
    expect(update.last?.reason).toMatch(/\.$/);
    server.folder = release.folder;
    expect((await owner.findUpdate()).available, 'a failed version is not offered again').toBeNull();
  });
});
