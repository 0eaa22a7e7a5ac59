/** Chooses an entry of the boot menu for one start. Separate because nobody is at a keyboard when a test does. */
import type { Guest } from '../../vm/guest.ts';

/** Restarts into the entry once; returns when that start is on its way. */
export async function restartInto(
  guest: Guest,
  entry: 'burn-in' | 'factory-reset' | 'install',
): Promise<void> {
  const id = await guest.must(
    `bootctl list --no-pager --json=short | grep -o '"id":"[^"]*${entry}[^"]*"' | cut -d'"' -f4 | head -n 1 | grep .`,
  );
  await guest.must(`bootctl set-oneshot '${id}'`);
  const restarted = guest.untilRestart();
  await guest.run('systemctl --no-block reboot').catch(() => undefined);
  await restarted;
}
