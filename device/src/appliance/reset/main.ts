/** The program of `b3iq-factory-reset.service` and of the unit that finishes one that was cut off. */
import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { execa } from 'execa';
import { errorChain } from '../../errors.ts';
import { jsonLog } from '../../os/log.ts';
import { systemDisk } from '../disk/system-disk.ts';
import { isResetPending, resetMachine } from './reset.ts';

const FOLDER = '/factory';
/** Long enough to read the sentence and to reach the switch. */
const GRACE_MS = 15_000;
const say = (text: string) => process.stdout.write(`${text}\n`);
const log = jsonLog('info');
process.umask(0o077);

try {
  const commandLine = await readFile('/proc/cmdline', 'utf8');
  // In the boot menu an arrow key too many is all it takes; the other ways are asked for twice already.
  if (/(^|\s)b3iq\.entry=factory-reset(\s|$)/.test(commandLine) && !(await isResetPending(FOLDER))) {
    say('Factory reset: everything its owner put on this machine will be destroyed in 15 seconds.');
    say('To keep it, switch the machine off now.');
    await after(GRACE_MS);
  }
  say('Factory reset: destroying the key of the owner’s data.');
  await resetMachine({ folder: FOLDER, disk: systemDisk(), log });
  say('Done. The machine starts again as new; its label is valid again.');
  await execa('systemctl', ['--no-block', 'reboot'], { stdin: 'ignore' });
} catch (error) {
  log.error('reset.failed', { reason: errorChain(error) });
  say('The factory reset could not be finished. It goes on when the machine is started again.');
  process.exitCode = 1; // no restart: with a disk that cannot be written there would be no end of them
}
