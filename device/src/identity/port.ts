/** The machine's own key as the rest of the agent sees it. */
import type { KeyObject } from 'node:crypto';
import type { NodeId } from '@b3iq/wire';

export interface Identity {
  /** `node_` + 52 lower-case base32 characters of SHA-256(first public key). */
  readonly nodeId: NodeId;
  /** Such as `B3IQ-N7K4`: for people, not unique in the world. */
  readonly shortName: string;
  /** Raw 32-byte Ed25519 public key. */
  readonly publicKey: Uint8Array;
  /** DSSE keyid: lower-case hex SHA-256 of `publicKey`. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly keyEpoch: number;
  /** Where the key lies, for an honest trust tier. */
  readonly custody: 'credential' | 'file';
}
