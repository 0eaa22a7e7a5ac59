import { nodeIdOf } from '@b3iq/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighboursContract, nodeIdFrom } from './contract.ts';
import { FakeAir, FakeNeighbours } from './fake.ts';
import { formatAnnouncement, MAX_ANNOUNCEMENT_BYTES, parseAnnouncement } from './parse.ts';
import { FORGET_AFTER_MS, forget, hear, peersOf, type Rivals } from './state.ts';

describe('the fake', () => {
  const airs = new Map<string, FakeAir>();
  neighboursContract((nodeId) => {
    const test = expect.getState().currentTestName ?? '';
    const air = airs.get(test) ?? new FakeAir();
    airs.set(test, air);
    return new FakeNeighbours(nodeId, air);
  });
});

describe('an announcement', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const packet = formatAnnouncement(nodeIdOf(key));
        expect(packet.length).toBeLessThanOrEqual(MAX_ANNOUNCEMENT_BYTES);
        expect(parseAnnouncement(packet)).toBe(nodeIdOf(key));
      }),
    );
  });
  it('is nothing else, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (packet) => void expect(parseAnnouncement(packet)).toBeUndefined()),
    );
    const id = nodeIdFrom('7777');
    const padded = `{"b3iq":"neighbour.v1","node_id":"${id}"${' '.repeat(MAX_ANNOUNCEMENT_BYTES)}}`;
    for (const text of [
      padded,
      '{}',
      '[]',
      '{"b3iq":"neighbour.v1"}',
      `{"b3iq":"neighbour.v2","node_id":"${id}"}`,
    ])
      expect(parseAnnouncement(new TextEncoder().encode(text))).toBeUndefined();
    const extra = `{"b3iq":"neighbour.v1","node_id":"${id}","x":1}`;
    expect(parseAnnouncement(new TextEncoder().encode(extra))).toBeUndefined();
  });
});

describe('rivals', () => {
  const self = nodeIdFrom('7777');
  const none: Rivals = new Map();
  it('are forgotten after three announcements missed', () => {
    const heard = hear(none, self, nodeIdFrom('7777b'), 1000);
    expect(forget(heard, 1000 + FORGET_AFTER_MS - 1)).toBe(heard);
    expect(peersOf(forget(heard, 1000 + FORGET_AFTER_MS))).toEqual([]);
    const again = hear(heard, self, nodeIdFrom('7777b'), 5000);
    expect(forget(again, 1000 + FORGET_AFTER_MS)).toBe(again);
  });
  it('are at most sixteen, and strangers with other names take no place', () => {
    let rivals = none;
    for (const a of 'abcdefgh')
      for (const b of 'abcdefgh') rivals = hear(rivals, self, nodeIdFrom(`22${a}${b}`), 0);
    expect(rivals).toBe(none);
    for (const a of 'abcdefgh')
      for (const b of 'bcdefgh') rivals = hear(rivals, self, nodeIdFrom(`7777${a}${b}`), 0);
    expect(rivals.size).toBe(16);
  });
});
