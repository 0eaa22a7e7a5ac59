/** Thousands of calls at once against budgets that cannot hold for all of them. */
import { benchMachine } from '../../harness/identity.ts';
import { CORES, end, messageOf, startServer } from '../../harness/processes.ts';
import { BEHAVIOURS, type Books } from '../../servers/faulty.ts';
import type { GovernedTask } from '../../servers/governed.ts';
import { call, type Outcome, type Patience, receiptIds, tokensByKey, withLedger } from './calls.ts';

/** Tokens a key may spend: enough for a part of its calls, not for all. */
const BUDGET = 600;
/** Calls of one key. */
const PER_KEY = 20;
/** What calls ask for beside the message. */
const ASKS = [
  {},
  { max_tokens: 20 },
  { stream: true },
  { stream: true, max_tokens: 30 },
  { max_tokens: 15, n: 3 },
];
const PATIENCE: readonly Patience[] = [
  'never',
  'never',
  'never',
  'at-first-byte',
  'never',
  'never',
  'at-once',
];

export interface TrialCounts {
  readonly keys: number;
  readonly answered: number;
  readonly refused: number;
  readonly left: number;
  readonly failed: number;
  readonly worked: number;
  readonly receipts: number;
  readonly budgetTokens: number;
  readonly receiptTokens: number;
  /** By the engine's books, of answers that were read to their end. */
  readonly engineTokens: number;
  /** The same of calls that were cut: part of it was on its way when the engine was told to stop, and reached nobody. */
  readonly cutTokens: number;
  readonly overspent: number;
  readonly engineOverspent: number;
  readonly unmetered: number;
  readonly unreceipted: number;
}

/** @param calls  all open at once, 1–10,000 */
export async function budgetTrials(calls: number): Promise<TrialCounts> {
  const keys = Math.max(1, Math.floor(calls / PER_KEY));
  const machine = await benchMachine({ name: 'trial', tokens_per_day: BUDGET, concurrency: 10_000 }, keys);
  const engine = await startServer('servers/faulty.ts', {}, CORES.upstream);
  const task: GovernedTask = {
    engine: { origin: engine.origin },
    folder: machine.folder,
    privateKey: machine.privateKey,
    keys: machine.keys,
    slots: 64,
    queueLength: calls,
  };
  const governed = await startServer('servers/governed.ts', task, CORES.server);
  const keyOf = (trial: number) => machine.secrets[trial % keys];
  const outcomes: Outcome[] = await Promise.all(
    Array.from({ length: calls }, (_, trial) => {
      const behaviour = trial % 5 === 0 ? BEHAVIOURS[(trial / 5) % BEHAVIOURS.length] : 'well';
      const content = `${trial} ${behaviour} ${1 + ((trial * 7) % 40)}`;
      const body = { model: 'bench', messages: [{ role: 'user', content }], ...ASKS[trial % ASKS.length] };
      const patience = PATIENCE[trial % PATIENCE.length] ?? 'never';
      return call(governed.origin, keyOf(trial)?.secret ?? '', body, patience);
    }),
  );
  engine.child.send('books');
  const books = await messageOf<Books>(engine.child);
  // An orderly end: what was aborted last still gets its receipt.
  await end(governed.child);
  await end(engine.child);

  const { ids, spent } = await withLedger(machine, async (ledger) => ({
    ids: await receiptIds(ledger),
    spent: await tokensByKey(ledger),
  }));
  machine.remove();
  const written = new Map<string, number>();
  let cutTokens = 0;
  for (const [trial, tokens] of Object.entries(books)) {
    if (outcomes[Number(trial)]?.isWhole !== true) {
      cutTokens += tokens;
      continue;
    }
    const id = keyOf(Number(trial))?.id ?? '';
    written.set(id, (written.get(id) ?? 0) + tokens);
  }
  const over = (tokens: number) => Math.max(0, tokens - BUDGET);
  const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);
  const receiptTokens = [...spent.values()].map(({ tokens }) => tokens);
  const worked = Object.keys(books).length;
  const ends = (test: (outcome: Outcome) => boolean) => outcomes.filter(test).length;
  return {
    keys,
    answered: ends(({ status, isWhole }) => status === 200 && isWhole),
    refused: ends(({ status }) => status === 429),
    left: ends(({ status, isWhole }) => !isWhole && (status === 0 || status === 200)),
    failed: ends(({ status }) => status >= 500),
    worked,
    receipts: ids.size,
    budgetTokens: keys * BUDGET,
    receiptTokens: sum(receiptTokens),
    engineTokens: sum(written.values()),
    cutTokens,
    overspent: sum(receiptTokens.map(over)),
    engineOverspent: sum([...written.values()].map(over)),
    unmetered: Math.max(0, worked - ids.size),
    unreceipted: outcomes.filter(
      ({ status, isWhole, receipt }) => status === 200 && isWhole && !ids.has(receipt ?? ''),
    ).length,
  };
}
