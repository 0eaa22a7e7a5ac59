/** A claimed machine with a cable in it and its owner at this computer. Separate because most faults are tried on one. */
import type { Guest } from '../../vm/guest.ts';
import { freePort } from '../../vm/ports.ts';
import { byCable, type Person } from './person.ts';
import { guestIn } from './prepared.ts';

/** @param updatesPort  where this computer serves releases */
export async function ownedByCable(
  updatesPort?: number,
): Promise<{ readonly guest: Guest; readonly owner: Person }> {
  const port = await freePort();
  const guest = await guestIn('claimed', [{ host: port, guest: 80 }], updatesPort);
  await guest.cable(true);
  await guest.until(
    'an address by cable',
    "ip -4 -o address | grep -q '10\\.0\\.2\\.15'",
    guest.limits.taskMs,
  );
  const owner = byCable(guest, port);
  await owner.signIn();
  return { guest, owner };
}
