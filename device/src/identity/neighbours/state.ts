/**
 * Which rivals were heard, and when. Pure: time comes in. Only machines with our own short name are remembered, so a
 * flood of made-up ids neither fills the memory nor hides a real clash. Announcements are not signed: an id with our
 * short name is found in a million tries, so a signature would prove nothing, and all a liar gains is a longer name.
 */
import { type NodeId, type Peer, shortNameOf } from '@b3iq/wire';

/** Between two announcements. */
export const ANNOUNCE_EVERY_MS = 30_000;
/** Three announcements missed: gone. */
export const FORGET_AFTER_MS = 3 * ANNOUNCE_EVERY_MS;
const MAX_RIVALS = 16;

/** Rivals and when each was last heard, monotonic ms. */
export type Rivals = ReadonlyMap<NodeId, number>;

/** The rivals after `heard` announced itself. The same map when nothing is to be remembered. */
export function hear(rivals: Rivals, self: NodeId, heard: NodeId, nowMs: number): Rivals {
  if (heard === self || shortNameOf(heard) !== shortNameOf(self)) return rivals;
  if (!rivals.has(heard) && rivals.size >= MAX_RIVALS) return rivals;
  return new Map(rivals).set(heard, nowMs);
}

/** The rivals still there. The same map when none has gone. */
export function forget(rivals: Rivals, nowMs: number): Rivals {
  const left = [...rivals].filter(([, heardMs]) => nowMs - heardMs < FORGET_AFTER_MS);
  return left.length === rivals.size ? rivals : new Map(left);
}

/** As `networkName` takes them, in the order of their ids. */
export function peersOf(rivals: Rivals): readonly Peer[] {
  return [...rivals.keys()].sort().map((nodeId) => ({ nodeId, shortName: shortNameOf(nodeId) }));
}
