/**
 * Secrets as people type them, to their one plain form, and stored password hashes to their parts. Pure.
 * Separate because all of it is hostile input: anyone who reaches the page can send it.
 */
import { normaliseCrockford } from '@b3iq/wire';

/** Characters of a label's secret: 40 bits. */
export const LABEL_LENGTH = 8;
/** Characters of a recovery code, in groups of four, and the random bytes they spell: 120 bits. */
const RECOVERY_LENGTH = 24;
export const RECOVERY_BYTES = 15;

/** A label's secret in its plain form. */
export const parseLabel = (text: string): string | undefined => normaliseCrockford(text, LABEL_LENGTH);
/** A recovery code in its plain form. */
export const parseRecoveryCode = (text: string): string | undefined =>
  normaliseCrockford(text, RECOVERY_LENGTH);

/** `ABCD-EFGH-…`: groups of four for reading aloud and copying by hand. */
export function inGroups(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** A setup token, also when the whole printed link was pasted: 43 characters of base64url. */
export function parseToken(text: string): string | undefined {
  const token = text.trim().replace(/^.*#token=/u, '');
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
}

/** Names are compared without regard to case and look-alike forms: phones like to begin with a capital. */
export function isSameName(a: string, b: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').trim().toLowerCase();
  return plain(a) === plain(b);
}

/** What one argon2id hash costs: memory in KiB, passes and lanes as in RFC 9106. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** An argon2id hash in parts. */
export interface PasswordHash extends PasswordCost {
  /** Base64 without padding. */
  readonly salt: string;
  readonly hash: string;
}

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, within bounds a small machine can work; `undefined` otherwise. */
export function parsePasswordHash(phc: string): PasswordHash | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{16,128})$/.exec(
      phc,
    );
  if (match === null) return undefined;
  const [, m, t, p, salt = '', hash = ''] = match;
  const parts = { memoryKib: Number(m), passes: Number(t), parallelism: Number(p), salt, hash };
  const isBounded =
    parts.memoryKib >= 8 * parts.parallelism &&
    parts.memoryKib <= 262_144 &&
    parts.passes >= 1 &&
    parts.passes <= 10 &&
    parts.parallelism >= 1 &&
    parts.parallelism <= 4;
  return isBounded ? parts : undefined;
}

/** The PHC string of such a hash. */
export function formatPasswordHash({ memoryKib, passes, parallelism, salt, hash }: PasswordHash): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${salt}$${hash}`;
}
