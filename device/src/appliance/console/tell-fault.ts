/**
 * Tells the console why the agent cannot start. Separate because nothing else of the agent is there to tell it: no page, no
 * doors, and nobody in front of an appliance reads its journal.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLabelFile } from '../../claim/label.ts';
import type { Config } from '../../config.ts';
import { CodedError, ERRORS, errorChain, remedyOf } from '../../errors.ts';
import { readCredential } from '../../os/credentials.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import { formatDisplay } from './display.ts';

const UNKNOWN =
  'Something unforeseen keeps it from starting. It tries again by itself. If this stays, switch it off and on; what it holds is not changed by that.';

/** Writes `display.json` in the place where a running agent keeps it up to date; never throws. */
export async function tellFault(config: Config, error: unknown, log: Log): Promise<void> {
  const path = join(config.runtime_dir ?? config.stateDir, 'display.json');
  try {
    const label = await readCredential(config.credentialsDir, 'label');
    const name = (label === undefined ? undefined : parseLabelFile(label))?.short_name ?? 'B3IQ';
    const fault =
      error instanceof CodedError
        ? `${ERRORS[error.code].title}. ${remedyOf(error.code, 'appliance')}`
        : UNKNOWN;
    await writeDurably(path, formatDisplay({ version: 1, name, fault }));
    await chmod(path, 0o644); // the console is another user
  } catch (failure) {
    log.warn('display.not_written', { reason: errorChain(failure) });
  }
}
