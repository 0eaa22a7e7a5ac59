/**
 * The two identity files as text: the secret one and the public one, each with its own proof against a flipped bit.
 * Separate and pure, so that every damage can be tried on text. Neither file is ever half believed.
 */
import {
  bytesToHex,
  hexToBytes,
  nodeIdOf,
  parseNodeId,
  publicKeyOf,
  sha256Of,
  utf8ToBytes,
} from '@b3iq/wire';
import { z } from 'zod';
import type { KeyMaterial, PublicRecord } from './types.ts';

/** 64 KiB: the secret file has some 300 bytes, the public one some 250 more for each earlier identity. */
export const MAX_FILE_BYTES = 65_536;

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const epoch = z.int().min(0).max(1_000_000);
const nodeId = z.string().transform((text, context) => {
  const id = parseNodeId(text);
  if (id !== undefined) return id;
  context.addIssue('expected a node id');
  return z.NEVER;
});

/** `identity.json`, a sealed credential, and a backup: one format, so that each can stand in for the other. */
const keyFile = z.strictObject({
  format: z.literal('b3iq-identity'),
  version: z.literal(1),
  seed: hex64,
  public_key: hex64,
  key_epoch: epoch,
  checksum: hex64,
});

const recordFile = z.strictObject({
  format: z.literal('b3iq-identity-record'),
  version: z.literal(1),
  node_id: nodeId,
  first_public_key: hex64,
  key_epoch: epoch,
  predecessors: z
    .array(
      z.strictObject({ node_id: nodeId, first_public_key: hex64, key_epoch: epoch, broken: z.literal(true) }),
    )
    .max(100),
});

const checksumOf = (seed: string, publicKey: string, keyEpoch: number): string =>
  sha256Of(utf8ToBytes(`b3iq-identity.v1 ${seed} ${publicKey} ${keyEpoch}`));

/** The secret file's text. @param seed  32 secret bytes */
export function formatKeyFile(seed: Uint8Array, keyEpoch: number): string {
  const [secret, publicKey] = [bytesToHex(seed), bytesToHex(publicKeyOf(seed))];
  const fields: z.infer<typeof keyFile> = {
    format: 'b3iq-identity',
    version: 1,
    seed: secret,
    public_key: publicKey,
    key_epoch: keyEpoch,
    checksum: checksumOf(secret, publicKey, keyEpoch),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** The key in the secret file; undefined when anything at all is wrong with the text. */
export function parseKeyFile(text: string): KeyMaterial | undefined {
  const { data: file } = keyFile.safeParse(parseJson(text));
  if (file === undefined || file.checksum !== checksumOf(file.seed, file.public_key, file.key_epoch))
    return undefined;
  const seed = hexToBytes(file.seed, 32);
  if (seed === undefined) return undefined;
  const publicKey = publicKeyOf(seed);
  return bytesToHex(publicKey) === file.public_key
    ? { seed, publicKey, keyEpoch: file.key_epoch }
    : undefined;
}

/** The public file's text. */
export function formatRecord(record: PublicRecord): string {
  return `${JSON.stringify({ format: 'b3iq-identity-record', version: 1, ...record }, null, 2)}\n`;
}

/** The record in the public file; undefined when anything is wrong with it, such as an id that is not its key's. */
export function parseRecord(text: string): PublicRecord | undefined {
  const { data: file } = recordFile.safeParse(parseJson(text));
  if (file === undefined || ![file, ...file.predecessors].every(isOwnId)) return undefined;
  const { node_id, first_public_key, key_epoch, predecessors } = file;
  return { node_id, first_public_key, key_epoch, predecessors };
}

function isOwnId(entry: { readonly node_id: string; readonly first_public_key: string }): boolean {
  const key = hexToBytes(entry.first_public_key, 32);
  return key !== undefined && nodeIdOf(key) === entry.node_id;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: no schema takes undefined
  }
}
