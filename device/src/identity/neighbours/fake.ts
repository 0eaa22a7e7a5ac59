/** Neighbours for tests: all that share one `FakeAir` hear one another at once. Passes `contract.ts` as the real one. */
import type { NodeId, Peer } from '@b3iq/wire';
import type { Neighbours } from './port.ts';
import { hear, peersOf, type Rivals } from './state.ts';

export class FakeAir {
  readonly members = new Set<FakeNeighbours>();
}

export class FakeNeighbours implements Neighbours {
  readonly nodeId: NodeId;
  readonly #air: FakeAir;
  readonly #listeners = new Set<() => void>();
  #rivals: Rivals = new Map();
  constructor(nodeId: NodeId, air: FakeAir) {
    this.nodeId = nodeId;
    this.#air = air;
  }
  rivals(): readonly Peer[] {
    return peersOf(this.#rivals);
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async start(): Promise<void> {
    for (const other of this.#air.members) {
      other.#hear(this.nodeId);
      this.#hear(other.nodeId);
    }
    this.#air.members.add(this);
  }
  async stop(): Promise<void> {
    this.#air.members.delete(this);
  }
  #hear(nodeId: NodeId): void {
    const before = this.#rivals.size;
    this.#rivals = hear(this.#rivals, this.nodeId, nodeId, 0);
    if (this.#rivals.size !== before) for (const listener of this.#listeners) listener();
  }
}
