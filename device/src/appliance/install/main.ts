/** The program of `b3iq-install.service`: asks on the console, writes this system to a disk, switches off. */
import { execa } from 'execa';
import { errorChain } from '../../errors.ts';
import { jsonLog } from '../../os/log.ts';
import { machineConsoles } from './consoles.ts';
import { installSystem } from './install.ts';
import { systemMachine } from './system-machine.ts';

const log = jsonLog('info');
const person = await machineConsoles();
for (;;) {
  const kind = await installSystem({ machine: systemMachine(), person, log })
    .then((outcome) => outcome.kind)
    .catch((error: unknown) => {
      log.error('install.stopped', { reason: errorChain(error) });
      person.say('Something went wrong before anything was changed.');
      return 'stopped' as const;
    });
  await person.ask(
    kind === 'installed'
      ? 'Press Enter to switch the machine off.'
      : 'Press Enter to begin again, or switch the machine off.',
  );
  if (kind === 'installed') break;
}
await execa('systemctl', ['--no-block', 'poweroff'], { stdin: 'ignore' });
