/**
 * What the two identity files together mean. Separate and pure: this is where a lost key is told from a first start,
 * the one mistake that would silently give a machine a new name.
 */
import { bytesToHex, type NodeId, nodeIdOf } from '@b3iq/wire';
import type { Found, KeyMaterial, PublicRecord } from './types.ts';

export type Verdict =
  /** Nothing is there, and nothing says that anything was: the first start. */
  | { readonly kind: 'create' }
  /** The key is good. `record` is what the public file must say; `repaired` when it does not say so yet. */
  | {
      readonly kind: 'ready';
      readonly key: KeyMaterial;
      readonly record: PublicRecord;
      readonly repaired: 'nothing' | 'missing' | 'damaged';
    }
  | { readonly kind: 'lost'; readonly nodeId: NodeId; readonly reason: string }
  | { readonly kind: 'corrupt'; readonly nodeId?: NodeId; readonly reason: string };

/** The public record of a key that has no predecessors. */
export function recordOf(key: KeyMaterial): PublicRecord {
  return {
    node_id: nodeIdOf(key.publicKey),
    first_public_key: bytesToHex(key.publicKey),
    key_epoch: key.keyEpoch,
    predecessors: [],
  };
}

/** Judges what was found. The record decides whether there was a key; the key decides what the record must say. */
export function judgeIdentity(key: Found<KeyMaterial>, record: Found<PublicRecord>): Verdict {
  const recorded = record.kind === 'found' ? { nodeId: record.value.node_id } : {};
  switch (key.kind) {
    case 'absent':
      if (record.kind === 'absent') return { kind: 'create' };
      if (record.kind === 'damaged')
        return {
          kind: 'corrupt',
          reason: `The machine’s key is missing, and the record of it cannot be read. ${RECOVER}`,
        };
      return {
        kind: 'lost',
        nodeId: record.value.node_id,
        reason: `This machine had a key, and its key file is no longer there. ${RECOVER}`,
      };
    case 'damaged':
      return { kind: 'corrupt', ...recorded, reason: key.reason };
    case 'found': {
      const expected = recordOf(key.value);
      if (record.kind !== 'found')
        return {
          kind: 'ready',
          key: key.value,
          record: expected,
          repaired: record.kind === 'absent' ? 'missing' : 'damaged',
        };
      if (record.value.first_public_key !== expected.first_public_key)
        return {
          kind: 'corrupt',
          nodeId: record.value.node_id,
          reason: `The key file belongs to another machine than this one. ${RECOVER}`,
        };
      return {
        kind: 'ready',
        key: key.value,
        record: record.value,
        repaired: 'nothing',
      };
    }
  }
}

/** What to do about a key that is gone or damaged. */
export const RECOVER =
  'Restore a backup of the key, or accept a new identity. Until then this machine signs nothing.';
