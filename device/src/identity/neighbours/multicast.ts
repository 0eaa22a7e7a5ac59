/**
 * Neighbours over UDP multicast within one link. Separate so that the appliance can bring mDNS instead.
 * On a Host that answers on 127.0.0.1 only, give it that address: then nothing leaves the computer, and two agents on
 * it still tell each other apart.
 */
import { createSocket, type Socket } from 'node:dgram';
import { type NodeId, type Peer, shortNameOf } from '@b3iq/wire';
import type { Clock } from '../../os/clock.ts';
import type { Log } from '../../os/log.ts';
import { formatAnnouncement, parseAnnouncement } from './parse.ts';
import type { Neighbours } from './port.ts';
import { ANNOUNCE_EVERY_MS, forget, hear, peersOf, type Rivals } from './state.ts';

/** Administratively scoped to the site. @see RFC 2365 §6.1 */
const GROUP = '239.255.131.88';
export const NEIGHBOURS_PORT = 8832;
/** Packets looked at in one second; a full network of machines sends a few. */
const PACKETS_PER_SECOND = 50;

export class MulticastNeighbours implements Neighbours {
  readonly #options: { nodeId: NodeId; address: string; port: number; clock: Clock; log: Log };
  readonly #listeners = new Set<() => void>();
  #rivals: Rivals = new Map();
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #second = { number: 0, packets: 0 };

  /** @param options.address  IPv4 address of the one interface to use      @param options.port  UDP, 8832 unless told */
  constructor(options: { nodeId: NodeId; address: string; port?: number; clock: Clock; log: Log }) {
    this.#options = { port: NEIGHBOURS_PORT, ...options };
  }

  rivals(): readonly Peer[] {
    return peersOf(this.#rivals);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    const { address, port, log } = this.#options;
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        // Bound to the group, so that nothing sent to the computer itself arrives here.
        socket.bind({ address: process.platform === 'win32' ? address : GROUP, port }, resolve);
      });
      socket.addMembership(GROUP, address);
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(1);
    } catch (error) {
      socket.close();
      log.warn('neighbours.unavailable', {
        code: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      });
      return;
    }
    socket.on('error', () => {}); // a network that went away is no fault of ours; the next announcement tries again
    socket.on('message', (packet) => this.#receive(packet));
    this.#socket = socket;
    this.#timer = setInterval(() => {
      this.#set(forget(this.#rivals, this.#options.clock.monotonicMs()));
      this.#announce();
    }, ANNOUNCE_EVERY_MS);
    this.#timer.unref();
    this.#announce();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(resolve));
  }

  #announce(): void {
    this.#socket?.send(formatAnnouncement(this.#options.nodeId), this.#options.port, GROUP, () => {}); // as for errors above
  }

  #receive(packet: Uint8Array): void {
    const nowMs = this.#options.clock.monotonicMs();
    const number = Math.floor(nowMs / 1000);
    if (number !== this.#second.number) this.#second = { number, packets: 0 };
    if (++this.#second.packets > PACKETS_PER_SECOND) return;
    const heard = parseAnnouncement(packet);
    if (heard === undefined) return;
    const isNew = this.#set(hear(this.#rivals, this.#options.nodeId, heard, nowMs));
    if (isNew) this.#announce(); // so that it learns of us at once
  }

  /** Takes over `rivals`; tells the listeners, and the caller, when others are in it than before. */
  #set(rivals: Rivals): boolean {
    const isChanged = rivals.size !== this.#rivals.size; // one call adds one or removes some, never both
    this.#rivals = rivals;
    if (isChanged) {
      this.#options.log.info('neighbours.changed', {
        name: shortNameOf(this.#options.nodeId),
        rivals: rivals.size,
      });
      for (const listener of this.#listeners) listener();
    }
    return isChanged;
  }
}
