import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fakeGpu } from '../../health/gpu/fake.ts';
import { isGone, type Missed, NONE_MISSED, seeCards } from './state.ts';
import type { Card, CardReadings } from './types.ts';

const UUID = 'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b';
const R9700: Card = { id: '0000:03:00.0', vendor: 'amd', name: 'R9700' };
const RTX: Card = { id: '0000:41:00.0', uuid: UUID, vendor: 'nvidia', name: 'RTX' };
const amd = fakeGpu({ id: R9700.id });
const rtx = fakeGpu({ id: RTX.id, uuid: UUID, vendor: 'nvidia' });
const all: CardReadings = { kernel: [amd], tool: [rtx] };

/** Each card's fate after these readings. */
function after(...readings: readonly CardReadings[]) {
  const missed = readings.reduce<Missed>((state, each) => seeCards(state, [R9700, RTX], each), NONE_MISSED);
  return { r9700: isGone(missed, R9700), rtx: isGone(missed, RTX) };
}

it('a card is gone when it is missing twice, and back when it is seen once', () => {
  const lost = { kernel: [], tool: [rtx] };
  expect(after(all, lost)).toEqual({ r9700: false, rtx: false });
  expect(after(all, lost, lost)).toEqual({ r9700: true, rtx: false });
  expect(after(lost, all, lost)).toEqual({ r9700: false, rtx: false });
  expect(after(lost, lost, all)).toEqual({ r9700: false, rtx: false });
});

it('a source that does not answer says nothing of its cards, and neither does the other one', () => {
  const silent = { kernel: [amd], tool: undefined };
  expect(after(all, silent, silent, silent)).toEqual({ r9700: false, rtx: false });
  const lost = { kernel: [], tool: [] };
  const none = { kernel: undefined, tool: undefined };
  expect(after(lost, none, lost)).toEqual({ r9700: true, rtx: true });
  expect(after(lost, lost, none)).toEqual({ r9700: true, rtx: true });
});

it('an NVIDIA card is looked for by its own tool alone, also one that has no name of its own', () => {
  const bare: Card = { id: RTX.id, uuid: null, vendor: 'nvidia', name: 'RTX' };
  const unseen = { kernel: [], tool: [fakeGpu({ id: RTX.id, uuid: undefined, vendor: 'nvidia' })] };
  const after2 = (each: CardReadings) => seeCards(seeCards(NONE_MISSED, [bare], each), [bare], each);
  expect(isGone(after2(unseen), bare)).toBe(false);
  expect(isGone(after2({ kernel: [], tool: undefined }), bare)).toBe(false);
  expect(isGone(after2({ kernel: [], tool: [] }), bare)).toBe(true);
});

it('another card in its place is not it', () => {
  const other = fakeGpu({ id: RTX.id, uuid: UUID.replace('4b', '00'), vendor: 'nvidia' });
  const swapped = { kernel: [amd], tool: [other] };
  expect(after(swapped, swapped)).toEqual({ r9700: false, rtx: true });
});

it('whatever is read, a card seen in the last reading is not gone', () => {
  const reading = fc.record({
    kernel: fc.option(fc.subarray([amd]), { nil: undefined }),
    tool: fc.option(fc.subarray([rtx]), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(reading), (readings) => {
      expect(after(...readings, all)).toEqual({ r9700: false, rtx: false });
      expect(after(...readings, { kernel: [], tool: [] }, { kernel: [], tool: [] })).toEqual({
        r9700: true,
        rtx: true,
      });
    }),
  );
});
