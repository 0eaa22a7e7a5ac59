import { expect, test } from 'vitest';
import { count, hasEnded, noSeries, PAUSE_MS, SHORT_MS, wishOf } from './state.ts';
import type { Series } from './types.ts';

/** A series of presses, each held so many ms, 300 ms apart. */
function series(...heldMs: readonly number[]): { readonly series: Series; readonly endMs: number } {
  let [made, at] = [noSeries, 10_000];
  for (const held of heldMs) {
    made = count(made, { kind: 'pressed', atMs: at });
    made = count(made, { kind: 'released', atMs: at + held });
    at += held + 300;
  }
  return { series: made, endMs: at - 300 };
}

test('one press switches off, however long it was held', () => {
  expect(wishOf(series(80).series)).toBe('power-off');
  expect(wishOf(series(3_000).series)).toBe('power-off');
});

test('exactly five short presses are a factory reset', () => {
  expect(wishOf(series(80, 90, 70, 100, 80).series)).toBe('factory-reset');
});

test.each([2, 3, 4, 6, 7, 20])('%i presses are nothing', (n) => {
  expect(wishOf(series(...Array<number>(n).fill(80)).series)).toBeUndefined();
});

test('five presses with a long one among them are nothing', () => {
  expect(wishOf(series(80, 80, SHORT_MS + 1, 80, 80).series)).toBeUndefined();
});

test('a series has ended only when the key has been left alone', () => {
  const { series: five, endMs } = series(80, 80, 80, 80, 80);
  expect(hasEnded(five, endMs + PAUSE_MS - 1)).toBe(false);
  expect(hasEnded(five, endMs + PAUSE_MS)).toBe(true);
  const held = count(five, { kind: 'pressed', atMs: endMs + 100 });
  expect(hasEnded(held, endMs + 60_000)).toBe(false);
  expect(hasEnded(noSeries, 60_000)).toBe(false);
});

test('events that do not fit change nothing', () => {
  expect(count(noSeries, { kind: 'released', atMs: 1 })).toEqual(noSeries);
  const down = count(noSeries, { kind: 'pressed', atMs: 1 });
  expect(count(down, { kind: 'pressed', atMs: 2 })).toEqual(down);
});
