/** What every `Neighbours` must do, run against the fake and against real sockets. */
import { type NodeId, networkName, parseNodeId } from '@b3iq/wire';
import { expect, it } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import type { Neighbours } from './port.ts';

/** A node id that begins with `head`. Ids with the same first four characters share a short name. */
export function nodeIdFrom(head: string): NodeId {
  return parseNodeId(`node_${head.padEnd(51, 'a')}a`) ?? expect.fail('not a node id');
}

/** @param make  an adapter that is not started, on a network that all of one test share */
export function neighboursContract(make: (nodeId: NodeId) => Neighbours): void {
  it('tells two machines with one short name apart, on both', async () => {
    const [oneId, twoId] = [nodeIdFrom('7777bc'), nodeIdFrom('7777de')];
    const [one, two] = [make(oneId), make(twoId)];
    let changes = 0;
    one.onChange(() => changes++);
    try {
      await one.start();
      expect(networkName(oneId, one.rivals()).name).toBe('B3IQ-ZZZZ');
      await two.start();
      const isHeard = () => one.rivals().length === 1 && two.rivals().length === 1;
      await waitFor(isHeard, { timeoutMs: 5000, what: 'both hear one another' });
      expect(networkName(oneId, one.rivals())).toEqual({
        name: 'B3IQ-ZZZZ-12',
        hostname: 'b3iq-zzzz-12.local',
        clash: true,
      });
      expect(networkName(twoId, two.rivals()).name).toBe('B3IQ-ZZZZ-34');
      expect(changes).toBe(1);
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
  });

  it('does not mind machines with other names, nor itself', async () => {
    const [me, other, rival] = ['7777', '2222', '7777q'].map((head) => make(nodeIdFrom(head)));
    if (me === undefined || other === undefined || rival === undefined) return expect.fail('three were made');
    try {
      await me.start();
      await other.start();
      await rival.start();
      await waitFor(() => me.rivals().length > 0, { timeoutMs: 5000, what: 'the rival is heard' });
      expect(me.rivals()).toEqual([{ nodeId: nodeIdFrom('7777q'), shortName: 'B3IQ-ZZZZ' }]);
      expect(other.rivals()).toEqual([]);
    } finally {
      await Promise.all([me.stop(), other.stop(), rival.stop()]);
    }
  });

  it('can be stopped before it was started, and twice', async () => {
    const one = make(nodeIdFrom('7777'));
    await one.stop();
    await one.start();
    await one.stop();
    await one.stop();
  });
}
