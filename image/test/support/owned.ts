/** A claimed machine with a cable in it and its owner at this computer. Separate because most faults are tried on one. */
import type { Guest } from '../../vm/guest.ts';
import { freePort } from '../../vm/ports.ts';
import { byCable, type Person } from './person.ts';
import { guestIn, type State } from './prepared.ts';

/** @param options.updatesPort  where this computer serves releases */
export async function ownedByCable(
  options: { readonly state?: Exclude<State, 'unclaimed'>; readonly updatesPort?: number } = {},
): Promise<{ readonly guest: Guest; readonly owner: Person }> {
  const port = await freePort();
  const guest = await guestIn(options.state ?? 'claimed', [{ host: port, guest: 80 }], options.updatesPort);
  await guest.cable(true);
  await untilCabled(guest);
  const owner = byCable(guest, port);
  await owner.signIn();
  return { guest, owner };
}

/** Waits for the machine's address on the cable: before that, nothing it is asked from here reaches it. */
export const untilCabled = (guest: Guest): Promise<string> =>
  guest.until('an address by cable', "ip -4 -o address | grep -q '10\\.0\\.2\\.15'", guest.limits.taskMs);

/** Waits until a machine that has started again serves its page, also to this computer. */
export async function untilBack(guest: Guest, timeoutMs = guest.limits.bootMs): Promise<void> {
  await guest.until(
    'the setup page',
    'curl --fail --silent --output /dev/null http://127.0.0.1/setup/',
    timeoutMs,
  );
  await untilCabled(guest);
}
