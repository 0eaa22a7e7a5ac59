/**
 * Which cards are gone, over time. Pure; separate so that a card that comes and goes can be tried minute by minute.
 * A card is gone when it is missing twice in a row, and back when it is seen once: one bad reading stops no engine.
 */
import type { Card, CardReadings } from './types.ts';

const MISSED = 2;

/** Readings in a row, by a card's address, in which it was missing. */
export type Missed = ReadonlyMap<string, number>;
export const NONE_MISSED: Missed = new Map();

/** @param cards  all that engines were given */
export function seeCards(before: Missed, cards: readonly Card[], readings: CardReadings): Missed {
  const after = new Map<string, number>();
  for (const card of cards) {
    const isThere = lookFor(card, readings);
    const missed =
      isThere === undefined ? (before.get(card.id) ?? 0) : isThere ? 0 : (before.get(card.id) ?? 0) + 1;
    if (missed > 0) after.set(card.id, missed);
  }
  return after;
}

export const isGone = (missed: Missed, { id }: Card): boolean => (missed.get(id) ?? 0) >= MISSED;

/** `undefined` where nobody could say: a tool that hangs is no card that is gone. Another card in its place is not it. */
function lookFor(card: Card, { kernel, tool }: CardReadings): boolean | undefined {
  // The kernel shows NVIDIA's own driver only with a module of its own.
  return (card.vendor === 'nvidia' ? tool : kernel)?.some(
    ({ id, uuid }) => id === card.id && (uuid === undefined || card.uuid == null || uuid === card.uuid),
  );
}
