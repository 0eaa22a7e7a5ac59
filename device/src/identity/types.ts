/** The states an identity can be in and what is kept of it. Pure data, shared by judging, opening and recovering. */
import type { NodeId } from '@b3iq/wire';
import type { Identity } from './port.ts';

/** What the secret file holds. */
export interface KeyMaterial {
  /** 32 secret bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes; always the key that belongs to the seed. */
  readonly publicKey: Uint8Array;
  /** 0 for the machine's first key, one more each time the owner accepts a new identity. */
  readonly keyEpoch: number;
}

/** An identity this machine had before. `broken`: its key was gone, so it could not sign for its successor. */
export interface Predecessor {
  readonly node_id: NodeId;
  /** 64 hex characters: older receipts stay provable with it. */
  readonly first_public_key: string;
  readonly key_epoch: number;
  readonly broken: true;
}

/** What the machine remembers of its identity outside the secret file, so that a lost key is noticed. Nothing secret. */
export interface PublicRecord {
  readonly node_id: NodeId;
  /** 64 hex characters; `node_id` is its hash. */
  readonly first_public_key: string;
  readonly key_epoch: number;
  /** Oldest first. */
  readonly predecessors: readonly Predecessor[];
}

/** What reading one of the files gave. `reason` is a plain sentence without paths. */
export type Found<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'damaged'; readonly reason: string };

/** `lost` and `corrupt` are never left by themselves: the owner restores a backup or accepts a new identity. */
export type IdentityState =
  | {
      readonly kind: 'ready';
      readonly identity: Identity;
      /** Public keys of earlier identities, oldest first, for receipts made under them. */
      readonly predecessors: readonly Predecessor[];
      /** A plain sentence when something was repaired on the way. */
      readonly notice?: string;
    }
  | { readonly kind: 'lost'; readonly nodeId: NodeId; readonly reason: string }
  | { readonly kind: 'corrupt'; readonly nodeId?: NodeId; readonly reason: string };
