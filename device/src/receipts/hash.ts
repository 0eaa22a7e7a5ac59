/** SHA-256 on OpenSSL. Separate so that pure files can be handed it and stay free of `node:crypto`. */
import { hash } from 'node:crypto';

/** Lower-case hex. */
export const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** Of the parts one after another, 32 bytes. */
export const sha256Parts = (...parts: readonly Uint8Array[]): Uint8Array =>
  hash('sha256', Buffer.concat(parts), 'buffer');

/** Both, as the ledger's pure parts are handed them. */
export const openssl = { hex: sha256Hex, parts: sha256Parts } as const;
