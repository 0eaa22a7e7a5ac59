/**
 * Asks as the agent's user for everything root could do, and says what was granted beside the allowlist.
 * Separate because what is refused is tried for real, over the message bus, and not read from the rules.
 */
import type { Guest } from '../../vm/guest.ts';
import { scenario } from './scenario.ts';

/** Units the agent may start, and nothing else. Instances 0–7 of the engine's. */
const ENGINES = ['start', 'stop', 'restart'].flatMap((verb) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((engine) => `b3iq-${verb}-engine@${engine}.service`),
);
export const ALLOWED: readonly string[] = [
  'b3iq-factory-reset.service',
  'b3iq-firewall.service',
  'b3iq-power-off.service',
  'b3iq-recovery-key.service',
  'b3iq-restart.service',
  'b3iq-update-check.service',
  'b3iq-update.service',
  ...ENGINES,
];

/** Our own units, and those whose start or stop would hurt most. Every unit takes polkit minutes to refuse. */
export const MATTERING =
  '^x?b3iq|^(NetworkManager|dbus|polkit|debug-shell|emergency|rescue|reboot|poweroff|halt|kexec)|^systemd-(logind|journald|repart|cryptsetup|bless|sysupdate|nspawn)';

/** @param units  which others are tried, as an extended regular expression @returns calls made, and those not refused */
export async function beside(
  guest: Guest,
  units: string = MATTERING,
): Promise<{ readonly asked: number; readonly granted: readonly string[] }> {
  const said = await scenario(
    guest,
    'beside.sh',
    { ALLOWED: ALLOWED.join('\n'), UNITS: units },
    guest.limits.bootMs * 2,
  );
  return JSON.parse(said) as { asked: number; granted: string[] }; // beside.mjs's own
}
