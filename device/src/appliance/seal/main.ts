/** The program of `b3iq-seal.service`: seals this machine if nobody has. Ends with 1 when the machine stays without a name. */
import { CodedError, errorChain } from '../../errors.ts';
import { jsonLog } from '../../os/log.ts';
import { sealMachine } from './seal.ts';
import { systemdCreds } from './systemd-creds.ts';
import { inWords } from './words.ts';

const log = jsonLog('info');
process.umask(0o077);
try {
  const outcome = await sealMachine({ folder: '/factory', sealer: systemdCreds(), log });
  process.stdout.write(`${inWords(outcome)}\n`);
  process.exitCode = outcome.kind === 'sealed' || outcome.kind === 'sealed-before' ? 0 : 1;
} catch (error) {
  log.error('seal.failed', { reason: errorChain(error) });
  const remedy = error instanceof CodedError ? ` ${error.message}` : '';
  process.stdout.write(`This machine could not make its key.${remedy} It tries again at the next start.\n`);
  process.exitCode = 1;
}
