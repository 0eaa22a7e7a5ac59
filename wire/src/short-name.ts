/**
 * Names for people: `B3IQ-N7K4`, and what is added when two machines on one network would share one.
 * Separate from the node id because it is read from labels and typed by hand. Everything here is pure, so that two
 * machines that hear one another reach the same names without talking about it.
 */
import { BASE32_LOWER, CROCKFORD } from './crockford.ts';
import type { NodeId } from './ids.ts';

/** A machine heard on this network. Both fields come from strangers. */
export interface Peer {
  readonly shortName: string;
  readonly nodeId: NodeId;
}

/** Characters `from` to `to` of the id's hash, in Crockford's alphabet: the same five bits each. */
function hashCharacters(nodeId: NodeId, from: number, to: number): string {
  const hash = nodeId.slice('node_'.length);
  return [...hash.slice(from, to)]
    .map((character) => CROCKFORD.charAt(BASE32_LOWER.indexOf(character)))
    .join('');
}

/** `B3IQ-` and the first 20 bits of the id's hash; two given machines share one about once in a million. */
export function shortNameOf(nodeId: NodeId): string {
  return `B3IQ-${hashCharacters(nodeId, 0, 4)}`;
}

/** The name to show: the short name, with two more characters of the id's hash when there is a clash. */
export function displayName(shortName: string, nodeId: NodeId, clash: boolean): string {
  return clash ? `${shortName}-${hashCharacters(nodeId, 4, 6)}` : shortName;
}

export interface NetworkName {
  /** `B3IQ-N7K4`, or `B3IQ-N7K4-3F` when somebody else here has the same short name. */
  readonly name: string;
  /** The same as a host name: `b3iq-n7k4.local`. */
  readonly hostname: string;
  readonly clash: boolean;
}

/**
 * What this machine is called among `peers`. The addition grows by two characters until nobody else shares it, so
 * two different ids always end with two different names, on both machines alike.
 * @param peers  who was heard lately, itself included or not
 */
export function networkName(nodeId: NodeId, peers: readonly Peer[]): NetworkName {
  const shortName = shortNameOf(nodeId);
  const rivals = peers.filter((peer) => peer.nodeId !== nodeId && peer.shortName === shortName);
  const clash = rivals.length > 0;
  let name = displayName(shortName, nodeId, clash);
  for (let end = 6; rivals.some((rival) => sharesName(rival.nodeId, nodeId, end)); ) {
    end += 2;
    name = `${shortName}-${hashCharacters(nodeId, 4, end)}`;
  }
  return { name, hostname: `${name.toLowerCase()}.local`, clash };
}

/** Whether two ids agree in every character up to `end` of their hash. */
function sharesName(one: NodeId, other: NodeId, end: number): boolean {
  return hashCharacters(one, 0, end) === hashCharacters(other, 0, end);
}
