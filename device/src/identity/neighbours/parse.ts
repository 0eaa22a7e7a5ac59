/** Announcements on the wire: some 100 bytes of JSON from anybody on the network, believed in nothing but their form. */
import { type NodeId, parseNodeId, utf8ToBytes, utf8ToText } from '@b3iq/wire';
import { z } from 'zod';

/** An announcement has 102 bytes; nothing longer is looked at. */
export const MAX_ANNOUNCEMENT_BYTES = 256;

const announcement = z.strictObject({ b3iq: z.literal('neighbour.v1'), node_id: z.string().max(64) });

export function formatAnnouncement(nodeId: NodeId): Uint8Array {
  return utf8ToBytes(JSON.stringify({ b3iq: 'neighbour.v1', node_id: nodeId }));
}

/** Whom a packet speaks of. The short name follows from the id and is therefore not in it. */
export function parseAnnouncement(packet: Uint8Array): NodeId | undefined {
  if (packet.length > MAX_ANNOUNCEMENT_BYTES) return undefined;
  const text = utf8ToText(packet);
  if (text === undefined) return undefined;
  try {
    const parsed = announcement.safeParse(JSON.parse(text)).data;
    return parsed === undefined ? undefined : parseNodeId(parsed.node_id);
  } catch {
    return undefined; // not JSON
  }
}
