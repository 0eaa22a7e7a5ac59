/**
 * A process that appends receipts as fast as it can until it is killed; each line on stdout is an acknowledged id.
 * Separate because only a process of its own can be killed without warning. Used by the kill test alone.
 */
import { createPrivateKey } from 'node:crypto';
import { nodeIdOf } from '@b3iq/wire';
import { rawPublicKey } from '@b3iq/wire/sign-node';
import { systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';
import { testCall } from './test-call.ts';

const [, , path = '', key = ''] = process.argv;
const privateKey = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
const publicKey = rawPublicKey(privateKey);
const ledger = await openSqliteLedger({
  path,
  identity: { nodeId: nodeIdOf(publicKey), keyEpoch: 1, privateKey, publicKey },
  clock: systemClock,
  log: memoryLog(),
});
/** As many at once as a busy machine has streams ending together. */
const LANES = 16;
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (;;) {
      const call = testCall();
      await ledger.append(call);
      process.stdout.write(`${call.id}\n`); // a pipe: written when this returns, however slow its reader
    }
  }),
);
