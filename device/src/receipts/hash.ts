/** SHA-256 on OpenSSL. Separate so that pure files can be handed it and stay free of `node:crypto`. */
import { hash } from 'node:crypto';

/** Lower-case hex. */
export const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');
