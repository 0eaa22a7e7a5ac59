/** The program of `b3iq-power-button.service`: one press switches off, five short ones are a factory reset. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorChain } from '../../errors.ts';
import { systemClock } from '../../os/clock.ts';
import { jsonLog } from '../../os/log.ts';
import { systemdUnits } from '../../os/units.ts';
import { watchButton } from './watch.ts';

/** Links that a udev rule makes for power buttons alone (70-b3iq.rules). */
const FOLDER = '/dev/input';
const PREFIX = 'b3iq-power-button-';

const log = jsonLog('info');
const units = systemdUnits();
const devices = (await readdir(FOLDER))
  .filter((name) => name.startsWith(PREFIX))
  .map((name) => join(FOLDER, name));
if (devices.length === 0) log.warn('button.missing');
try {
  await watchButton({
    devices,
    clock: systemClock,
    onWish: (wish) => {
      log.warn('button.wish', { wish });
      // Not waited for: the machine goes down with it.
      units
        .start(wish === 'power-off' ? 'b3iq-power-off' : 'b3iq-factory-reset', { wait: false })
        .catch((error: unknown) => log.error('button.refused', { wish, reason: errorChain(error) }));
    },
  });
} catch (error) {
  log.error('button.lost', { reason: errorChain(error) });
  process.exitCode = 1;
}
