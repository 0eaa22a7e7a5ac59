/**
 * Which engine gets which graphics cards. Pure; separate so that every machine there is can be tried without one.
 * A card belongs to one engine: two on one card would each plan with memory the other takes.
 */
import type { GpuReading } from '../../health/gpu/types.ts';
import { COMFORT_BYTES } from '../../models/fit.ts';
import { LEAST_CARD_BYTES } from '../../models/memory.ts';
import type { CardNeed, Place, SizedCard } from './types.ts';

/** Cards that can hold a model: those whose memory is known and more than a screen needs. */
export function usableCards(gpus: readonly GpuReading[]): readonly SizedCard[] {
  return gpus.flatMap(({ id, uuid, vendor, name, memoryTotalBytes: memoryBytes }) =>
    memoryBytes === undefined || memoryBytes < LEAST_CARD_BYTES
      ? []
      : [{ id, uuid, vendor, name, memoryBytes }],
  );
}

/**
 * A place for each engine. The one that needs most chooses first and takes the largest card, so that as many as can have
 * a card of their own. A model that fits no single free card is split over the fewest of one maker that hold it, and of
 * those over the smallest. What fits nowhere runs on the processor.
 * @param needs  in any order; of equals the earlier one chooses first
 */
export function planPlaces(
  needs: readonly CardNeed[],
  cards: readonly SizedCard[],
): ReadonlyMap<string, Place> {
  let free = cards.toSorted((a, b) => b.memoryBytes - a.memoryBytes || (a.id < b.id ? -1 : 1));
  const places = new Map<string, Place>();
  for (const need of needs.toSorted((a, b) => totalOf(b) - totalOf(a))) {
    const chosen = chooseCards(need, free);
    free = free.filter((card) => !chosen.includes(card));
    places.set(need.engine, chosen.length > 0 ? { kind: 'cards', cards: chosen } : onProcessor(cards, free));
  }
  return places;
}

/** The cards that no engine has, of the maker whose together have the most memory: models that come and go are split over them. */
export function sharedCards(
  places: ReadonlyMap<string, Place>,
  cards: readonly SizedCard[],
): readonly SizedCard[] {
  const taken = [...places.values()].flatMap((place) => (place.kind === 'cards' ? place.cards : []));
  const free = cards.filter((card) => !taken.includes(card));
  return makersOf(free).toSorted((a, b) => memoryOf(b) - memoryOf(a))[0] ?? [];
}

/** Whether these cards together hold it, and still have on each what llama.cpp keeps free. */
export function holds(cards: readonly SizedCard[], { sharedBytes, perCardBytes }: CardNeed): boolean {
  const left = cards.map(({ memoryBytes }) => memoryBytes - perCardBytes - COMFORT_BYTES);
  return left.every((bytes) => bytes > 0) && left.reduce((sum, bytes) => sum + bytes, 0) >= sharedBytes;
}

/** @param free  the largest first */
function chooseCards(need: CardNeed, free: readonly SizedCard[]): readonly SizedCard[] {
  const alone = free.find((card) => holds([card], need));
  if (alone !== undefined) return [alone];
  // Neighbours in size: a split over very unlike cards is as slow as the slowest of them.
  for (let count = 2; count <= free.length; count += 1) {
    const groups = makersOf(free)
      .flatMap((ofMaker) => ofMaker.map((_, from) => ofMaker.slice(from, from + count)))
      .filter((group) => group.length === count && holds(group, need));
    const [smallest] = groups.toSorted((a, b) => memoryOf(a) - memoryOf(b));
    if (smallest !== undefined) return smallest;
  }
  return [];
}

/** No runtime works on two makers' cards at once. */
function makersOf(cards: readonly SizedCard[]): readonly (readonly SizedCard[])[] {
  return [...Map.groupBy(cards, ({ vendor }) => vendor).values()];
}

function onProcessor(all: readonly SizedCard[], free: readonly SizedCard[]): Place {
  const reason =
    all.length === 0
      ? 'There is no graphics card that could hold a model.'
      : free.length === 0
        ? 'Every graphics card has an engine already.'
        : 'The model does not fit the graphics cards that are free.';
  return { kind: 'processor', reason };
}

const totalOf = ({ sharedBytes, perCardBytes }: CardNeed): number => sharedBytes + perCardBytes;
const memoryOf = (cards: readonly SizedCard[]): number =>
  cards.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
