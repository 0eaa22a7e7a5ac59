/** From outside, every port of every address family: what answers is the allowlist of the state, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Guest } from '../vm/guest.ts';
import { phoneJoins } from './support/air.ts';
import { readLabel } from './support/console.ts';
import { done, guestIn, machines } from './support/prepared.ts';
import { scenario } from './support/scenario.ts';

machines();

/** Ports of `address` that answer the phone, such as `tcp 80`. */
const openPorts = async (guest: Guest, address: string) =>
  (
    await scenario(
      guest,
      'scan.sh',
      { ADDRESS: address, PORTS: '1-2048,5000-5500,8000-9000' },
      guest.limits.bootMs,
    )
  )
    .split('\n')
    .filter(Boolean);
const linkLocal = (guest: Guest) =>
  guest.must("ip -6 -o address show dev wlan0 scope link | sed -E 's/.*inet6 ([^/]+).*/\\1/'");

describe('the ports that answer', () => {
  it('are the page, names and addresses on the setup network while nobody owns the machine', async () => {
    const guest = await guestIn('unclaimed');
    const label = await readLabel(guest);
    const { gateway } = await phoneJoins(guest, label.name, label.hotspotPassword);
    expect(await openPorts(guest, gateway)).toEqual(['tcp 53', 'tcp 80', 'udp 53', 'udp 67', 'udp 5353']);
    // The setup network needs no IPv6. Where there is one, it lets nobody further in.
    const address = await linkLocal(guest);
    const others = address === '' ? [] : await openPorts(guest, `${address}%wlan2`);
    expect(['tcp 53', 'tcp 80', 'udp 53', 'udp 5353']).toEqual(expect.arrayContaining(others));
    await done(guest);
  });

  it('are the page and the endpoint for the owner’s network once it is claimed', async () => {
    const guest = await guestIn('claimed');
    const address = await guest.must('nmcli -g IP4.ADDRESS dev show wlan0 | cut -d/ -f1');
    expect(await openPorts(guest, address)).toEqual(['tcp 80', 'tcp 443', 'tcp 8831', 'udp 5353']);
    expect(await openPorts(guest, `${await linkLocal(guest)}%wlan2`)).toEqual([
      'tcp 80',
      'tcp 443',
      'tcp 8831',
      'udp 5353',
    ]);
    await done(guest);
  });
});
