import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeGpu, silentGpu } from '../../health/gpu/fake.ts';
import { GPU_VENDORS } from '../../health/gpu/types.ts';
import { holds, planPlaces, sharedCards, usableCards } from './plan.ts';
import type { CardNeed, SizedCard } from './types.ts';

const GIB = 1024 ** 3;
const card = (id: string, gib: number, vendor: SizedCard['vendor'] = 'nvidia'): SizedCard => ({
  id,
  uuid: undefined,
  vendor,
  name: id,
  memoryBytes: gib * GIB,
});
const need = (engine: string, gib: number): CardNeed => ({
  engine,
  sharedBytes: gib * GIB,
  perCardBytes: GIB / 2,
});
/** Each engine's cards by their ids; `processor` where it has none. */
const placed = (needs: readonly CardNeed[], cards: readonly SizedCard[]) =>
  Object.fromEntries(
    [...planPlaces(needs, cards)].map(([engine, place]) => [
      engine,
      place.kind === 'cards' ? place.cards.map(({ id }) => id).join('+') : place.kind,
    ]),
  );

describe('engines and cards', () => {
  it('one engine has the largest card, two copies one each, a third the processor', () => {
    const cards = [card('a', 32), card('b', 32)];
    expect(placed([need('m', 8)], [card('small', 8), ...cards])).toEqual({ m: 'a' });
    expect(placed([need('m', 8), need('m#2', 8)], cards)).toEqual({ m: 'a', 'm#2': 'b' });
    const places = planPlaces([need('m', 8), need('m#2', 8), need('m#3', 8)], cards);
    expect(places.get('m#3')).toEqual({
      kind: 'processor',
      reason: 'Every graphics card has an engine already.',
    });
  });

  it('a model that fits no single card is split over the fewest that hold it', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => card(id, 32));
    expect(placed([need('70b', 50)], four)).toEqual({ '70b': 'a+b' });
    expect(placed([need('70b', 50), need('70b#2', 50)], four)).toEqual({ '70b': 'a+b', '70b#2': 'c+d' });
    expect(placed([need('120b', 100)], four)).toEqual({ '120b': 'a+b+c+d' });
    expect(placed([need('400b', 200)], four)).toEqual({ '400b': 'processor' });
  });

  it('of mixed cards the largest model has the largest, and none is split over two makers', () => {
    const mixed = [card('5090', 32), card('r9700', 32, 'amd'), card('a10', 24)];
    expect(placed([need('small', 4), need('large', 28)], mixed)).toEqual({ large: '5090', small: 'r9700' });
    expect(placed([need('split', 45)], mixed)).toEqual({ split: '5090+a10' });
    expect(placed([need('split', 45)], mixed.slice(0, 2))).toEqual({ split: 'processor' });
  });

  it('a split leaves the larger cards to those that may need them', () => {
    const cards = [card('a', 96), card('b', 24), card('c', 16)];
    expect(placed([need('x', 90), need('y', 30)], cards)).toEqual({ x: 'a', y: 'b+c' });
  });

  it('models that come and go share the cards that are left, of one maker: the one with more', () => {
    const shared = (needs: readonly CardNeed[], cards: readonly SizedCard[]) =>
      sharedCards(planPlaces(needs, cards), cards).map(({ id }) => id);
    const mixed = [card('5090', 32), card('5080', 16), card('w7900', 47, 'amd')];
    expect(shared([], mixed)).toEqual(['5090', '5080']);
    expect(shared([need('m', 20)], mixed)).toEqual(['5090', '5080']);
    expect(shared([need('m', 20), need('m#2', 20)], mixed)).toEqual(['5080']);
    expect(shared([need('m', 20)], [card('a', 32)])).toEqual([]);
    expect(shared([], [])).toEqual([]);
  });

  it('no card, no known memory, or a card for a screen only: the processor', () => {
    const cards = usableCards([silentGpu, fakeGpu({ memoryTotalBytes: 2 * GIB })]);
    expect(cards).toEqual([]);
    expect(placed([need('m', 1)], cards)).toEqual({ m: 'processor' });
    expect(usableCards([fakeGpu()])).toMatchObject([{ id: '0000:03:00.0', memoryBytes: 32 * GIB }]);
  });
});

const cardsAnyhow = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 255 }).map((bus) => `0000:${bus.toString(16).padStart(2, '0')}:00.0`),
    uuid: fc.constant(undefined),
    vendor: fc.constantFrom(...GPU_VENDORS),
    name: fc.constant('card'),
    memoryBytes: fc.integer({ min: 4, max: 96 }).map((gib) => gib * GIB),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const needsAnyhow = fc
  .array(
    fc.record({
      sharedBytes: fc.integer({ min: 0, max: 200 * GIB }),
      perCardBytes: fc.integer({ min: 0, max: 4 * GIB }),
    }),
    { maxLength: 8 },
  )
  .map((list) => list.map((each, at) => ({ ...each, engine: `e${at}` })));

describe('whatever engines and cards there are', () => {
  it('each engine has one place, no card has two engines, and every engine on cards fits them', () => {
    fc.assert(
      fc.property(needsAnyhow, cardsAnyhow, (needs, cards) => {
        const places = planPlaces(needs, cards);
        expect([...places.keys()].toSorted()).toEqual(needs.map(({ engine }) => engine).toSorted());
        const taken = [...places.values()].flatMap((place) => (place.kind === 'cards' ? place.cards : []));
        expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
        const free = cards.filter((each) => !taken.includes(each));
        for (const each of needs) {
          const place = places.get(each.engine);
          const own = place?.kind === 'cards' ? place.cards : [];
          if (place?.kind === 'cards') {
            expect(holds(own, each)).toBe(true);
            expect(new Set(own.map(({ vendor }) => vendor)).size).toBe(1);
          }
          // Nothing is split, or left to the processor, that a card which stays free would have held alone.
          if (own.length !== 1) expect([...free, ...own].some((one) => holds([one], each))).toBe(false);
          if (place?.kind === 'processor') expect(place.reason).toMatch(/^[A-Z].*\.$/);
        }
      }),
    );
  });

  it('the order in which cards were read changes nothing', () => {
    fc.assert(
      fc.property(needsAnyhow, cardsAnyhow, (needs, cards) => {
        expect(placed(needs, cards.toReversed())).toEqual(placed(needs, cards));
      }),
    );
  });

  it('as many engines of one kind have a card of their own as there are cards that hold one', () => {
    fc.assert(
      fc.property(cardsAnyhow, fc.integer({ min: 1, max: 8 }), (cards, copies) => {
        const needs = Array.from({ length: copies }, (_, at) => need(`m#${at}`, 7));
        const alone = [...planPlaces(needs, cards).values()].filter(
          (place) => place.kind === 'cards' && place.cards.length === 1,
        );
        const able = cards.filter((each) => holds([each], need('m', 7)));
        expect(alone).toHaveLength(Math.min(copies, able.length));
      }),
    );
  });
});
