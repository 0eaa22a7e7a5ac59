import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryLog } from '../os/log.ts';
import { ledgerContract } from './contract.ts';
import { fakeLedger } from './fake.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';

ledgerContract('the fake', async (identity, clock) => ({
  ledger: fakeLedger(identity, clock),
  close: async () => {},
}));

ledgerContract('SQLite in a worker', async (identity, clock) => {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-ledger-'));
  const ledger = await openSqliteLedger({
    path: join(folder, 'ledger.sqlite'),
    identity,
    clock,
    log: memoryLog(),
  });
  return {
    ledger,
    close: async () => {
      await ledger.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
