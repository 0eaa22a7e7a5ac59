/** The agent killed in the middle of load, again and again, on the same ledger: what was answered must be in it. */
import { benchMachine } from '../../harness/identity.ts';
import { CORES, end, startServer } from '../../harness/processes.ts';
import type { GovernedTask } from '../../servers/governed.ts';
import { call, receiptIds, tokensByKey, withLedger } from './calls.ts';

const CALLERS = 32;
const KEYS = 4;
/** Enough that no kill meets the end of it, and small enough to be a real bound. */
const BUDGET = 2_000_000;

export interface KillCounts {
  readonly answered: number;
  readonly receipts: number;
  readonly unreceipted: number;
  readonly overspent: number;
  readonly brokenLedgers: number;
}

/** @param kills  one after the other */
export async function killTrials(kills: number): Promise<KillCounts> {
  const machine = await benchMachine({ name: 'trial', tokens_per_day: BUDGET, concurrency: 1_000 }, KEYS);
  const engine = await startServer('servers/faulty.ts', {}, CORES.upstream);
  const task: GovernedTask = {
    engine: { origin: engine.origin },
    folder: machine.folder,
    privateKey: machine.privateKey,
    keys: machine.keys,
    slots: 16,
    queueLength: 64,
  };
  const answered = new Set<string>();
  let brokenLedgers = 0;
  let unnamed = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const governed = await startServer('servers/governed.ts', task, CORES.server);
    const goal = answered.size + 50 + 37 * (kill % 5); // a different moment of the commits each time
    let isKilled = false;
    const caller = async (lane: number) => {
      for (let turn = 0; !isKilled; turn += 1) {
        const content = `${kill}-${lane}-${turn} well ${5 + (turn % 20)}`;
        const body = {
          model: 'bench',
          messages: [{ role: 'user', content }],
          ...(turn % 2 === 0 ? { stream: true } : {}),
        };
        const secret = machine.secrets[lane % KEYS]?.secret ?? '';
        const { status, isWhole, receipt } = await call(governed.origin, secret, body, 'never');
        if (status !== 200 || !isWhole) continue;
        if (receipt === undefined) unnamed += 1;
        else answered.add(receipt);
        if (answered.size >= goal && !isKilled) {
          isKilled = true;
          governed.child.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, lane) => caller(lane)));
    await end(governed.child, 'SIGKILL');
    const { ok } = await withLedger(machine, (ledger) => ledger.verify());
    if (!ok) brokenLedgers += 1;
  }
  await end(engine.child);
  const { ids, spent } = await withLedger(machine, async (ledger) => ({
    ids: await receiptIds(ledger),
    spent: await tokensByKey(ledger),
  }));
  machine.remove();
  return {
    answered: answered.size,
    receipts: ids.size,
    unreceipted: unnamed + [...answered].filter((id) => !ids.has(id)).length,
    overspent: [...spent.values()].reduce((all, { tokens }) => all + Math.max(0, tokens - BUDGET), 0),
    brokenLedgers,
  };
}
