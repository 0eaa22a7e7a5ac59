/** A root that somebody changed does not start: not a little, not once. */
import { describe, expect, it } from 'vitest';
import { partitionStart, spoilBytes } from './support/disk.ts';
import { machines, newGuest } from './support/prepared.ts';

machines();

describe('a root with one byte changed', () => {
  it('does not start, and the machine tries again by itself instead of asking', async () => {
    const guest = await newGuest();
    // The superblock of erofs: the first thing that is read, so that the refusal comes with the first boot.
    await spoilBytes(guest.spec, (await partitionStart('b3iq_1')) + 1024);
    await guest.switchOn();
    // The first restart is the firmware's, which took the image's keys.
    await guest.untilRestart();
    const refused = guest.console.mark();
    await guest.untilRestart();
    expect(guest.console.text.slice(refused)).toMatch(/verity|corrupted|EFSCORRUPTED/i);
    await expect(guest.untilShell(10_000), 'nobody home').rejects.toThrow();
  });
});
