/** Budgets under thousands of calls at once, with clients that leave, engines that die, and the machine killed. */
import type { PartReport } from '../harness/report.ts';
import { killTrials } from './budgets/kills.ts';
import { budgetTrials } from './budgets/trials.ts';

export async function budgetsPart(isShort: boolean): Promise<PartReport> {
  return budgetReport(isShort ? { calls: 500, kills: 1 } : { calls: 10_000, kills: 20 });
}

/** @param size.calls  at once, over a tenth as many keys or at least one      @param size.kills  one after the other */
export async function budgetReport(size: {
  readonly calls: number;
  readonly kills: number;
}): Promise<PartReport> {
  const trials = await budgetTrials(size.calls);
  const kills = await killTrials(size.kills);
  const zero = (what: string, value: number) =>
    ({ what, value, bound: 0, kind: 'most', isExact: true }) as const;
  return {
    title: 'Budgets',
    how: `${size.calls} calls open at once, ${Math.round(size.calls / trials.keys)} on each of ${trials.keys} keys whose budgets hold for a part of them: streamed and whole, one choice and several, with and without a limit of their own; clients leave before and during the answer; the engine dies, refuses, or tells no usage. The engine keeps books of its own. Then ${size.kills} times: load, \`kill -9\` of the agent, the same ledger and keys again.`,
    columns: ['what', 'count'],
    rows: [
      ['calls', size.calls],
      ['answered', trials.answered],
      ['refused by a budget', trials.refused],
      ['left by the client', trials.left],
      ['failed by the engine', trials.failed],
      ['calls the engine worked on', trials.worked],
      ['receipts', trials.receipts],
      ['tokens of all budgets', trials.budgetTokens],
      ['tokens in receipts', trials.receiptTokens],
      ['tokens in the engine’s books, of whole answers', trials.engineTokens],
      ['the same, of calls that were cut', trials.cutTokens],
      ['calls answered before a kill', kills.answered],
      ['receipts after the last', kills.receipts],
    ],
    goals: [
      zero('tokens overspent, by receipts', trials.overspent),
      zero('tokens overspent, by the engine’s books of whole answers', trials.engineOverspent),
      zero('calls the engine worked on without a receipt', trials.unmetered),
      zero('answers without their receipt', trials.unreceipted),
      zero('answers before a kill without their receipt', kills.unreceipted),
      zero('tokens overspent over kills, by receipts', kills.overspent),
      zero('kills that broke the ledger', kills.brokenLedgers),
      { what: 'answers before a kill', value: kills.answered, bound: 1, kind: 'least', isExact: true },
      { what: 'calls refused by a budget', value: trials.refused, bound: 1, kind: 'least', isExact: true },
    ],
    notes: [],
  };
}
