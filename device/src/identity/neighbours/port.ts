/**
 * Who else on this network goes by the same short name. Separate from the identity, which is settled alone: this
 * only decides what the machine is *called* here, and nothing is trusted because of it.
 */
import type { Peer } from '@b3iq/wire';

export interface Neighbours {
  /** Machines heard lately that share this machine's short name; give them to `networkName`. At most 16. */
  rivals(): readonly Peer[];
  /** Called after each change of `rivals`. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  /** Begins to announce and to listen. Resolves as well where the network does not allow it; then nobody is heard. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
