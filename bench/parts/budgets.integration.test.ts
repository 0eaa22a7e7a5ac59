/** A hundredth of what `make bench PART=budgets` tries, by the same code. */
import { expect, it } from 'vitest';
import { isMet } from '../harness/report.ts';
import { budgetReport } from './budgets.ts';

it('no budget is overspent, no stream unmetered, no answer without its receipt, whoever leaves, dies or is killed', async () => {
  const { goals } = await budgetReport({ calls: 100, kills: 1 });
  expect(goals.filter((goal) => !isMet(goal))).toEqual([]);
  expect(goals.length).toBeGreaterThan(5);
});
