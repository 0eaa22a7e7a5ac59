import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planLoad, type Resident } from './plan.ts';

const resident = (id: string, bytes: number, lastUsedMs: number, users = 0): Resident => ({
  id,
  bytes,
  engines: 0,
  lastUsedMs,
  users,
});
const memory = (bytes: number) => ({ bytes, engines: 0 });

it('loads beside others while there is room', () => {
  expect(planLoad(memory(4), [resident('a', 6, 1)], memory(10))).toEqual({ kind: 'load', unload: [] });
});

it('makes room by what was used least recently, and only by what nobody uses', () => {
  const three = [resident('busy', 4, 1, 2), resident('old', 3, 2), resident('new', 3, 9)];
  expect(planLoad(memory(3), three, memory(10))).toEqual({ kind: 'load', unload: ['old'] });
  expect(planLoad(memory(6), three, memory(10))).toEqual({ kind: 'load', unload: ['old', 'new'] });
  expect(planLoad(memory(7), three, memory(10))).toEqual({ kind: 'wait' });
  expect(planLoad(memory(11), three, memory(10))).toEqual({ kind: 'too-large' });
});

it('spares a small one when a large one must go anyway', () => {
  expect(planLoad(memory(8), [resident('small', 1, 1), resident('large', 9, 2)], memory(10))).toEqual({
    kind: 'load',
    unload: ['large'],
  });
});

it('takes an engine from the one used least recently when all are given out, however much memory there is', () => {
  const one = (id: string, lastUsedMs: number, users = 0) => ({
    ...resident(id, 1, lastUsedMs, users),
    engines: 1,
  });
  const needed = { bytes: 1, engines: 1 };
  const loaded = [one('old', 1), one('new', 2), resident('own', 1, 0)];
  expect(planLoad(needed, loaded, { bytes: 99, engines: 3 })).toEqual({ kind: 'load', unload: [] });
  expect(planLoad(needed, loaded, { bytes: 99, engines: 2 })).toEqual({ kind: 'load', unload: ['old'] });
  expect(planLoad(needed, [one('busy', 1, 1)], { bytes: 99, engines: 1 })).toEqual({ kind: 'wait' });
  expect(planLoad(needed, [], { bytes: 99, engines: 0 })).toEqual({ kind: 'too-large' });
});

it('never unloads what is in use, never takes more than there is, and unloads nothing in vain', () => {
  const some = fc.record({ bytes: fc.integer({ min: 1, max: 9 }), lastUsedMs: fc.nat(9), users: fc.nat(1) });
  fc.assert(
    fc.property(
      fc.array(some, { maxLength: 6 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(9),
      (found, bytes, spare) => {
        const residents = found.map((each, at) => ({ ...each, engines: 0, id: String(at) }));
        const budget = residents.reduce((sum, each) => sum + each.bytes, 0) + spare;
        const plan = planLoad(memory(bytes), residents, memory(budget));
        const idle = residents.filter(({ users }) => users === 0).reduce((sum, each) => sum + each.bytes, 0);
        if (plan.kind !== 'load') {
          expect(bytes).toBeGreaterThan(plan.kind === 'wait' ? spare + idle : budget);
          return;
        }
        const gone = residents.filter(({ id }) => plan.unload.includes(id));
        expect(gone.every(({ users }) => users === 0)).toBe(true);
        const freed = gone.reduce((sum, each) => sum + each.bytes, 0);
        expect(spare + freed).toBeGreaterThanOrEqual(bytes);
        for (const each of gone) expect(spare + freed - each.bytes).toBeLessThan(bytes);
      },
    ),
  );
});
