import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeClock, systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { neighboursContract, nodeIdFrom } from './contract.ts';
import { MulticastNeighbours } from './multicast.ts';
import { formatAnnouncement } from './parse.ts';

/** A UDP port that nobody had a moment ago. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

describe('neighbours over multicast, on this computer only', async () => {
  const port = await freePort();
  neighboursContract(
    (nodeId) =>
      new MulticastNeighbours({ nodeId, address: '127.0.0.1', port, clock: systemClock, log: memoryLog() }),
  );

  it('hear the real one through a flood of noise', async () => {
    const clock = new FakeClock();
    const me = new MulticastNeighbours({
      nodeId: nodeIdFrom('7777'),
      address: '127.0.0.1',
      port,
      clock,
      log: memoryLog(),
    });
    const stranger = createSocket({ type: 'udp4', reuseAddr: true });
    stranger.bind(0, '127.0.0.1');
    await once(stranger, 'listening');
    stranger.setMulticastInterface('127.0.0.1');
    const send = (packet: Uint8Array) =>
      new Promise<void>((resolve) => stranger.send(packet, port, '239.255.131.88', () => resolve()));
    try {
      await me.start();
      for (let i = 0; i < 200; i++) await send(new Uint8Array(1000).fill(i));
      await waitFor(
        async () => {
          clock.advance(1000); // a new second, with room for packets again
          await send(formatAnnouncement(nodeIdFrom('7777z')));
          return me.rivals().length === 1;
        },
        { timeoutMs: 5000, what: 'the rival is heard' },
      );
    } finally {
      await me.stop();
      stranger.close();
    }
  });

  it('say so and carry on where the network does not allow it', async () => {
    const log = memoryLog();
    // 192.0.2.0/24 is for documentation: no interface has it.
    const me = new MulticastNeighbours({
      nodeId: nodeIdFrom('7777'),
      address: '192.0.2.1',
      port,
      clock: systemClock,
      log,
    });
    await me.start();
    expect(log.lines.join('')).toContain('neighbours.unavailable');
    expect(me.rivals()).toEqual([]);
    await me.stop();
  });
});
