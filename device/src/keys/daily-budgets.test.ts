import { expect, test } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryStore } from '../store/fake.ts';
import { dailyBudgets } from './daily-budgets.ts';
import { KeyRing, type KeyUsage } from './key-ring.ts';
import { keysSlice } from './types.ts';

test('a budgeted key waits until today’s use is known; others do not', async () => {
  const clock = new FakeClock();
  const keys = new KeyRing({ store: memoryStore([], keysSlice), clock });
  const budgeted = await keys.create({ name: 'budget', tokens_per_day: 100 });
  const free = await keys.create({ name: 'free' });
  let usage: KeyUsage | undefined;
  const budgets = dailyBudgets(keys, async () => {
    if (usage === undefined) throw new Error('locked');
    return usage;
  });
  await expect(budgets.restore()).rejects.toThrow('locked');
  expect(budgets.authenticate(free.secret).id).toBe(free.key.id);
  expect(() => budgets.authenticate(budgeted.secret)).toThrow(
    expect.objectContaining({ code: 'ledger_unavailable', facts: { retryAfterS: 2 } }),
  );
  await expect(budgets.restore()).rejects.toThrow('locked'); // the try that the refused call began, or a new one

  usage = new Map([[budgeted.key.id, { tokens: 60, lastAtMs: clock.now() }]]);
  await budgets.restore();
  await budgets.restore(); // adds nothing twice
  expect(budgets.authenticate(budgeted.secret).id).toBe(budgeted.key.id);
  expect(keys.list().find(({ name }) => name === 'budget')?.tokens_today).toBe(60);
});
