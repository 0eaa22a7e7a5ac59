import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NodeId, nodeIdOf, parseNodeId } from './ids.ts';
import { displayName, networkName, type Peer, shortNameOf } from './short-name.ts';

/** A node id that begins with `head`; the rest is `fill`. */
const id = (head: string, fill = 'a'): NodeId =>
  parseNodeId(`node_${head.padEnd(51, fill)}a`) ?? expect.fail('not a node id');
const peer = (nodeId: NodeId): Peer => ({ nodeId, shortName: shortNameOf(nodeId) });

describe('the short name', () => {
  it('is four Crockford characters of the id', () => {
    expect(shortNameOf(id('7777'))).toBe('B3IQ-ZZZZ');
    expect(shortNameOf(nodeIdOf(new Uint8Array(32)))).toMatch(/^B3IQ-[0-9A-HJKMNP-TV-Z]{4}$/);
  });
  it('gets two more characters on a clash', () => {
    expect(displayName('B3IQ-ZZZZ', id('7777bc'), false)).toBe('B3IQ-ZZZZ');
    expect(displayName('B3IQ-ZZZZ', id('7777bc'), true)).toBe('B3IQ-ZZZZ-12');
  });
});

describe('the name on a network', () => {
  it('is the short name when nobody else has it', () => {
    const me = id('7777');
    expect(networkName(me, [])).toEqual({ name: 'B3IQ-ZZZZ', hostname: 'b3iq-zzzz.local', clash: false });
    expect(networkName(me, [peer(me), peer(id('7776'))]).clash).toBe(false);
  });
  it('tells two machines with one short name apart, on both', () => {
    const [one, two] = [id('7777bc'), id('7777de')];
    expect(networkName(one, [peer(two)])).toEqual({
      name: 'B3IQ-ZZZZ-12',
      hostname: 'b3iq-zzzz-12.local',
      clash: true,
    });
    expect(networkName(two, [peer(one)]).name).toBe('B3IQ-ZZZZ-34');
  });
  it('grows until nobody shares it', () => {
    const [one, two] = [id('7777bcdb'), id('7777bcda')];
    expect(networkName(one, [peer(two)]).name).toBe('B3IQ-ZZZZ-1231');
    expect(networkName(two, [peer(one)]).name).toBe('B3IQ-ZZZZ-1230');
  });
  it('is different for any two machines that hear one another', () => {
    const ids = fc.stringMatching(/^[a-d]{10}$/).map((head) => id(head));
    fc.assert(
      fc.property(fc.uniqueArray(ids, { minLength: 2, maxLength: 12 }), (nodes) => {
        const names = nodes.map((node) => networkName(node, nodes.map(peer)).name);
        expect(new Set(names).size).toBe(nodes.length);
      }),
    );
  });
  it('ends even when ids differ in the last bit only', () => {
    const [a, b] = [`node_${'b'.repeat(51)}a`, `node_${'b'.repeat(51)}q`].map((text) => parseNodeId(text));
    if (a === undefined || b === undefined) return expect.fail('not node ids');
    expect(networkName(a, [peer(b)]).name).not.toBe(networkName(b, [peer(a)]).name);
  });
});
