import { KEY_PRIORITIES, type KeyPriority } from '@b3iq/wire/local-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

const priority = fc.constantFrom(...KEY_PRIORITIES);
const add = (turns: Turns<string>, ticket: string, of: KeyPriority, caller = `${of} key`) =>
  turns.add({ caller, priority: of, ticket });
const takeAll = (turns: Turns<string>) => {
  const taken: string[] = [];
  for (let ticket = turns.take(); ticket !== undefined; ticket = turns.take()) taken.push(ticket);
  return taken;
};

describe('turns', () => {
  it('serve the higher priority first, and callers of one priority in turn', () => {
    const turns = new Turns<string>();
    add(turns, 'b1', 'background');
    add(turns, 'n1', 'normal', 'x');
    add(turns, 'n2', 'normal', 'x');
    add(turns, 'n3', 'normal', 'y');
    add(turns, 'f1', 'first');
    expect(takeAll(turns)).toEqual(['f1', 'n1', 'n3', 'n2', 'b1']);
    expect(turns.size).toBe(0);
  });

  it('share out as promised when everybody waits all the time', () => {
    const turns = new Turns<string>();
    for (const each of KEY_PRIORITIES) for (let i = 0; i < 2; i += 1) add(turns, each, each);
    const counts: Record<string, number> = { first: 0, normal: 0, background: 0 };
    for (let i = 0; i < 850; i += 1) {
      const taken = turns.take() ?? '';
      counts[taken] = (counts[taken] ?? 0) + 1;
      add(turns, taken, KEY_PRIORITIES.find((each) => each === taken) ?? 'normal');
    }
    expect(counts.first).toBeGreaterThan(600);
    expect(counts.normal).toBeGreaterThan(140);
    expect(counts.background).toBeGreaterThan(40);
    expect(counts.background).toBeLessThan(counts.normal ?? 0);
  });

  it('let nobody starve: whoever is next in a priority has a turn within 20, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(priority, { maxLength: 4 }), { minLength: 60, maxLength: 60 }),
        priority,
        (arrivals, mine) => {
          const turns = new Turns<string>();
          add(turns, 'mine', mine);
          let waited = 0;
          for (const [round, come] of arrivals.entries()) {
            for (const [i, each] of come.entries()) add(turns, `${round}.${i}`, each, `${each} ${i}`);
            const taken = turns.take();
            waited += 1;
            if (taken === 'mine') break;
          }
          expect(waited).toBeLessThanOrEqual(20);
        },
      ),
    );
  });

  it('never serve a lower priority while a higher waits, but for patience, and then once', () => {
    const turns = new Turns<string>();
    add(turns, 'n', 'normal');
    add(turns, 'n', 'normal');
    for (let i = 0; i < 12; i += 1) add(turns, 'f', 'first');
    expect(takeAll(turns).join('')).toBe('ffffnffffnffff');
  });

  it('tell the place everybody really has, and lose nobody', () => {
    const event = fc.record({
      kind: fc.constantFrom('add', 'add', 'take', 'remove', 'pushOut'),
      priority,
      caller: fc.constantFrom('a', 'b', 'c'),
      which: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const turns = new Turns<number>();
        const waiting = new Map<number, { caller: string; priority: KeyPriority; ticket: number }>();
        let next = 0;
        for (const { kind, priority: of, caller: name, which } of events) {
          const caller = `${of} ${name}`;
          if (kind === 'add') {
            const entry = { caller, priority: of, ticket: next++ };
            turns.add(entry);
            waiting.set(entry.ticket, entry);
          } else if (kind === 'take') {
            const taken = turns.take();
            expect(taken === undefined ? waiting.size === 0 : waiting.delete(taken)).toBe(true);
          } else if (kind === 'remove' && waiting.size > 0) {
            const [entry] = [...waiting.values()].slice(which % waiting.size);
            if (entry !== undefined) {
              expect(turns.remove(entry)).toBe(true);
              expect(turns.remove(entry)).toBe(false);
              waiting.delete(entry.ticket);
            }
          } else if (kind === 'pushOut') {
            const pushed = turns.pushOut({ caller, priority: of });
            if (pushed !== undefined) expect(waiting.delete(pushed)).toBe(true);
          }
          expect(turns.size).toBe(waiting.size);
        }
        const places = new Map([...waiting.values()].map((entry) => [turns.placeOf(entry), entry.ticket]));
        for (let place = 1; place <= waiting.size; place += 1) expect(turns.take()).toBe(places.get(place));
      }),
    );
  });
});

describe('a full line', () => {
  it('lets a higher priority in at the cost of the lowest, but leaves each caller a place', () => {
    const turns = new Turns<string>();
    for (const ticket of ['b1', 'b2']) add(turns, ticket, 'background', 'x');
    add(turns, 'b3', 'background', 'y');
    for (const ticket of ['n1', 'n2']) add(turns, ticket, 'normal', 'z');
    const first = { caller: 'f', priority: 'first' } as const;
    expect([turns.pushOut(first), turns.pushOut(first), turns.pushOut(first)]).toEqual([
      'b2',
      'n2',
      undefined,
    ]);
    expect(takeAll(turns)).toEqual(['n1', 'b1', 'b3']);
  });

  it('lets everybody have one place, the lowest priority too', () => {
    const turns = new Turns<string>();
    for (const ticket of ['f1', 'f2', 'f3']) add(turns, ticket, 'first', 'x');
    expect(turns.pushOut({ caller: 'b', priority: 'background' })).toBe('f3');
    add(turns, 'b1', 'background', 'b');
    // Neither pushes the other from here on.
    expect(turns.pushOut({ caller: 'b', priority: 'background' })).toBeUndefined();
    expect(turns.pushOut({ caller: 'x', priority: 'first' })).toBeUndefined();
  });
});
