/**
 * What a person in front of the machine reads off its console.
 * Separate because it is the only place that tells the label's secrets of a machine that sealed itself.
 */
import type { Guest } from '../../vm/guest.ts';
import { until } from '../../vm/until.ts';

export interface Label {
  /** Such as `B3IQ-N7K4`. */
  readonly name: string;
  readonly hotspotPassword: string;
  /** Eight characters, without the dash. */
  readonly setupCode: string;
}

/** What a person reads off the console of a machine that has no owner, once its setup network is up. */
export async function readLabel(guest: Guest): Promise<Label> {
  const screen = await screenOf(guest, /Wi-Fi: B3IQ-[\s\S]*Setup code: [0-9A-Z]{4}-[0-9A-Z]{4}/);
  const read = (pattern: RegExp) => {
    const found = pattern.exec(screen)?.[1];
    if (found === undefined) throw new Error(`the console does not say ${pattern}:\n${screen}`);
    return found;
  };
  return {
    name: read(/Wi-Fi: (B3IQ-[0-9A-Z]{4})/),
    hotspotPassword: read(/Password: (\S+)/),
    setupCode: read(/Setup code: ([0-9A-Z]{4}-[0-9A-Z]{4})/).replace('-', ''),
  };
}

/** The console's screen as soon as it matches: the serial line's, or the first virtual terminal's. */
export function screenOf(guest: Guest, pattern: RegExp, timeoutMs = guest.limits.taskMs): Promise<string> {
  return until(
    `a screen with ${pattern}`,
    async () => {
      const serial = guest.console.text.slice(-20_000);
      if (pattern.test(serial)) return serial;
      const terminal = await guest.run('fold -w 80 /dev/vcs1 2>/dev/null || true');
      return pattern.test(terminal.stdout) ? terminal.stdout : undefined;
    },
    { timeoutMs, everyMs: 1_000 },
  );
}
