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

/**
 * Switches on with a finger on the space bar, as a person does who wants the boot menu, and starts an entry from it.
 * @param place  how many entries stand above it
 */
export async function startFromMenu(guest: Guest, title: string, place: number): Promise<void> {
  const from = guest.console.mark();
  await guest.switchOn();
  const held = setInterval(() => guest.console.type(' '), 250);
  try {
    await guest.console.waitFor(new RegExp(title), { timeoutMs: guest.limits.bootMs, from });
  } finally {
    clearInterval(held);
  }
  guest.console.type('\u001b[B'.repeat(place));
  guest.console.type('\r');
}
