import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

describe('admission', () => {
  it('fills the slots, then the line, then says no with the place it would have been', () => {
    const line = new Admission<string>(2, 2);
    expect(line.enter('a', '1').kind).toBe('go');
    expect(line.enter('a', '2').kind).toBe('go');
    expect(line.enter('a', '3')).toMatchObject({ kind: 'wait', place: 1 });
    expect(line.enter('a', '4')).toMatchObject({ kind: 'wait', place: 2 });
    expect(line.enter('a', '5')).toEqual({ kind: 'full', place: 3 });
    expect(line.release(10)).toBe('3');
    expect(line.release(10)).toBe('4');
    expect(line.release(10)).toBeUndefined();
    expect(line).toMatchObject({ active: 1, waiting: 0 });
  });

  it('takes turns by key, not by who shouts most', () => {
    const line = new Admission<string>(1, 10);
    line.enter('a', 'a0');
    for (const ticket of ['a1', 'a2', 'a3']) line.enter('a', ticket);
    expect(line.enter('b', 'b1')).toMatchObject({ kind: 'wait', place: 2 });
    line.enter('c', 'c1');
    expect(
      ['a', 'a', 'a', 'b', 'c'].map((key, i) => line.placeOf(key, ['a1', 'a2', 'a3', 'b1', 'c1'][i] ?? '')),
    ).toEqual([1, 4, 5, 2, 3]);
    expect([1, 2, 3, 4, 5].map(() => line.release(1))).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('lets a newcomer in by taking the newest place of the longest line', () => {
    const line = new Admission<string>(1, 3);
    line.enter('a', 'a0');
    for (const ticket of ['a1', 'a2', 'a3']) line.enter('a', ticket);
    expect(line.enter('b', 'b1')).toMatchObject({ kind: 'wait', pushedOut: 'a3' });
    // Now a has 2 and b 1: neither gains by pushing the other.
    expect(line.enter('b', 'b2').kind).toBe('full');
    expect(line.enter('a', 'a4').kind).toBe('full');
    expect(line.waiting).toBe(3);
  });

  it('may have no line at all', () => {
    const line = new Admission<string>(1, 0);
    expect(line.enter('a', '1').kind).toBe('go');
    expect(line.enter('b', '2')).toEqual({ kind: 'full', place: 1 });
  });

  it('lets somebody leave the line once', () => {
    const line = new Admission<string>(1, 2);
    line.enter('a', '1');
    line.enter('a', '2');
    expect(line.leave('a', '2')).toBe(true);
    expect(line.leave('a', '2')).toBe(false);
    expect(line.leave('b', '2')).toBe(false);
    expect(line.placeOf('a', '2')).toBeUndefined();
    expect(line.release(1)).toBeUndefined();
  });

  it('follows the number of slots, and sends nobody away who is at work', () => {
    const line = new Admission<string>(2, 5);
    for (const ticket of ['1', '2', '3', '4', '5']) line.enter('a', ticket);
    expect(line.resize(4)).toEqual(['3', '4']);
    expect(line.resize(1)).toEqual([]);
    expect(line).toMatchObject({ slots: 1, active: 4, waiting: 1 });
    expect([line.release(1), line.release(1), line.release(1)]).toEqual([undefined, undefined, undefined]);
    expect(line.release(1)).toBe('5');
    line.enter('a', '6');
    expect(line.resize(Number.POSITIVE_INFINITY)).toEqual(['6']);
    expect(line.retryAfterS(3)).toBe(1);
  });

  it('estimates the wait from recent calls, within bounds', () => {
    const line = new Admission<string>(2, 10);
    expect(line.retryAfterS(1)).toBe(1);
    line.enter('a', '1');
    for (let i = 0; i < 60; i++) {
      line.enter('a', 'x');
      line.release(8_000);
    }
    expect(line.retryAfterS(3)).toBe(12);
    expect(line.retryAfterS(1_000)).toBe(300);
  });

  it('never has more at work than slots, never more waiting than places, and serves everybody once', () => {
    const event = fc.record({
      kind: fc.constantFrom('enter', 'release', 'leave', 'resize'),
      key: fc.constantFrom('a', 'b', 'c'),
      which: fc.nat(20),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.nat(5),
        fc.array(event, { maxLength: 200 }),
        (slots, length, events) => {
          const line = new Admission<number>(slots, length);
          const waiting = new Map<number, string>();
          let working = 0;
          let overfull = slots;
          let next = 0;
          for (const { kind, key, which } of events) {
            if (kind === 'enter') {
              const ticket = next++;
              const admitted = line.enter(key, ticket);
              if (admitted.kind === 'go') working += 1;
              if (admitted.kind === 'wait') {
                waiting.set(ticket, key);
                if (admitted.pushedOut !== undefined) expect(waiting.delete(admitted.pushedOut)).toBe(true);
                expect(admitted.place).toBe(line.placeOf(key, ticket));
              }
            } else if (kind === 'release' && working > 0) {
              const ticket = line.release(5);
              if (ticket === undefined) working -= 1;
              else expect(waiting.delete(ticket)).toBe(true);
            } else if (kind === 'leave' && waiting.size > 0) {
              const [ticket, owner] = [...waiting][which % waiting.size] ?? [0, ''];
              expect(line.leave(owner, ticket)).toBe(true);
              waiting.delete(ticket);
            } else if (kind === 'resize') {
              for (const ticket of line.resize(1 + (which % 3))) {
                working += 1;
                expect(waiting.delete(ticket)).toBe(true);
              }
              overfull = Math.max(line.slots, working);
            }
            expect(line.active).toBe(working);
            // Fewer slots than at work: it may only fall until it fits again.
            overfull = Math.max(line.slots, Math.min(overfull, working));
            expect(working).toBeLessThanOrEqual(overfull);
            if (waiting.size > 0) expect(working).toBeGreaterThanOrEqual(line.slots);
            expect(line.waiting).toBe(waiting.size);
            expect(waiting.size).toBeLessThanOrEqual(length);
            const places = [...waiting]
              .map(([ticket, owner]) => line.placeOf(owner, ticket))
              .sort((x, y) => (x ?? 0) - (y ?? 0));
            expect(places).toEqual(places.map((_, i) => i + 1));
          }
        },
      ),
    );
  });
});
