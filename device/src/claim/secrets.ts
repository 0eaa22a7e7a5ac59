/** Makes and compares secrets. Separate so that randomness and hashing are in one file a reviewer can read. */
import { argon2, createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { CROCKFORD, encodeBase32 } from '@b3iq/wire';
import { CodedError } from '../errors.ts';
import { formatPasswordHash, type PasswordCost, parsePasswordHash, RECOVERY_BYTES } from './parse.ts';
import type { ClaimSecret } from './types.ts';

const argon2Async = promisify(argon2);

/** 256 random bits as 43 characters of base64url: setup tokens and session cookies. */
export const mintSecret = (): string => randomBytes(32).toString('base64url');
/** A recovery code in its plain form: 24 Crockford characters, 120 random bits. */
export const mintRecoveryCode = (): string => encodeBase32(randomBytes(RECOVERY_BYTES), CROCKFORD);
/** Lower-case hex SHA-256: enough for secrets of 120 random bits and more. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hex hashes of equal length in constant time. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A label's 8 characters as they are kept: scrypt, N = 2¹⁵, r = 8, p = 1 (32 MiB, about 100 ms). @see RFC 7914 */
export async function hashLabel(label: string, salt = randomBytes(16).toString('hex')): Promise<ClaimSecret> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
    scrypt(label, Buffer.from(salt, 'hex'), 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
  return { kind: 'label', salt, scrypt: bytes.toString('hex') };
}

/** Whether the plain form `given` is this secret. */
export async function isSecret(given: string, secret: ClaimSecret): Promise<boolean> {
  if (secret.kind === 'token') return isSameHash(hashSecret(given), secret.sha256);
  const hashed = await hashLabel(given, secret.salt);
  return hashed.kind === 'label' && isSameHash(hashed.scrypt, secret.scrypt);
}

/**
 * 32 MiB and three passes: above OWASP's least (19 MiB, two) and still about 110 ms on a slow core.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const PASSWORD_COST: PasswordCost = { memoryKib: 32_768, passes: 3, parallelism: 1 };
const TAG_BYTES = 32;

/** The PHC string to keep for `password`, which tells its cost. Unicode look-alike forms count as one. */
export async function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost, TAG_BYTES);
  return formatPasswordHash({ ...cost, salt: unpadded(salt), hash: unpadded(hash) });
}

/** Whether `password` is the one behind `phc`. @throws store_corrupt when `phc` is no such hash */
export async function isPassword(password: string, phc: string): Promise<boolean> {
  const parts = parsePasswordHash(phc);
  if (parts === undefined) throw new CodedError('store_corrupt', 'The stored password hash cannot be read.');
  const wanted = Buffer.from(parts.hash, 'base64');
  const got = await derive(password, Buffer.from(parts.salt, 'base64'), parts, wanted.length);
  return timingSafeEqual(got, wanted);
}

function derive(password: string, salt: Buffer, cost: PasswordCost, tagLength: number): Promise<Buffer> {
  return argon2Async('argon2id', {
    message: Buffer.from(password.normalize('NFKC')),
    nonce: salt,
    parallelism: cost.parallelism,
    tagLength,
    memory: cost.memoryKib,
    passes: cost.passes,
  });
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
