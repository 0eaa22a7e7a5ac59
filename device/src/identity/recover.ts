/**
 * What an owner may do about an identity: keep a backup, restore it, or accept a new one. Separate from opening,
 * because each of these is asked for by name and none happens by itself.
 */
import { randomBytes } from 'node:crypto';
import { nodeIdOf, utf8ToText } from '@b3iq/wire';
import { seedOf } from '@b3iq/wire/sign-node';
import { CodedError } from '../errors.ts';
import { writeDurably } from '../os/files.ts';
import { createDurably, setAside } from './files.ts';
import { judgeIdentity, recordOf } from './judge.ts';
import { type IdentityOptions, identityOf, keyPath, readIdentity, recordPath } from './open.ts';
import { formatKeyFile, formatRecord, MAX_FILE_BYTES, parseKeyFile } from './parse.ts';
import type { Identity } from './port.ts';
import type { KeyMaterial, PublicRecord } from './types.ts';

/** A refusal says in plain words why, and changes nothing. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}
const refuse = (reason: string): Refused => ({ kind: 'refused', reason });
const SEALED =
  'The key of this machine is sealed by its hardware; it cannot be copied or replaced from here.';

/**
 * Writes a backup that `importIdentity` takes: a file only this user may read. Whoever has it can sign as this machine.
 * @param path  where; a file that is there is never replaced
 */
export async function exportIdentity(
  identity: Identity,
  path: string,
): Promise<{ readonly kind: 'exported' } | Refused> {
  if (identity.custody === 'credential') return refuse(SEALED);
  const text = formatKeyFile(seedOf(identity.privateKey), identity.keyEpoch);
  return (await createDurably(path, text))
    ? { kind: 'exported' }
    : refuse('There is already a file of that name. Choose another name for the backup.');
}

/**
 * Restores a backup of this machine's own key. The public record says whose key it is, so that another machine's
 * backup is refused.
 * @param backup  the backup file's bytes, from anywhere
 */
export async function importIdentity(
  options: IdentityOptions,
  backup: Uint8Array,
): Promise<{ readonly kind: 'restored'; readonly identity: Identity } | Refused> {
  const key = backup.length > MAX_FILE_BYTES ? undefined : parseKeyFile(utf8ToText(backup) ?? '');
  if (key === undefined) return refuse('This is not a whole backup of an identity.');
  const { record, custody, verdict } = await readIdentity(options);
  if (custody === 'credential') return refuse(SEALED);
  const restored = judgeIdentity({ kind: 'found', value: key }, record);
  if (restored.kind !== 'ready')
    return refuse(`This is the backup of another machine (${nodeIdOf(key.publicKey)}). Nothing was changed.`);
  if (verdict.kind !== 'ready') await replaceKey(options, key, restored.record);
  else if (nodeIdOf(verdict.key.publicKey) !== nodeIdOf(key.publicKey))
    return refuse(
      'This machine has a working identity, and the backup is of another one. Nothing was changed.',
    );
  return { kind: 'restored', identity: identityOf(key, 'file') };
}

/**
 * Gives the machine a new identity because its key is gone for good. It gets a new node id: the old one is the hash
 * of a key nobody holds any more, and no new key can prove that it may speak for it. The old one is kept on record as
 * a predecessor that is `broken`, never as something proven.
 */
export async function renewIdentity(
  options: IdentityOptions,
): Promise<
  { readonly kind: 'renewed'; readonly identity: Identity; readonly record: PublicRecord } | Refused
> {
  const { record, custody, verdict } = await readIdentity(options);
  if (custody === 'credential') return refuse(SEALED);
  if (verdict.kind === 'ready' || verdict.kind === 'create')
    return refuse(
      'This machine has a working identity. A new one is only for a key that is lost or damaged.',
    );
  const old = record.kind === 'found' ? record.value : undefined;
  const seed = randomBytes(32);
  const key = parseKeyFile(formatKeyFile(seed, (old?.key_epoch ?? 0) + 1));
  if (key === undefined) throw new Error('a key that was just made does not read back');
  const renewed: PublicRecord = {
    ...recordOf(key),
    predecessors: old === undefined ? [] : [...old.predecessors, asBroken(old)],
  };
  await replaceKey(options, key, renewed);
  options.log.warn('identity.renewed', { node_id: renewed.node_id, predecessor: old?.node_id });
  return { kind: 'renewed', identity: identityOf(key, 'file'), record: renewed };
}

function asBroken({ node_id, first_public_key, key_epoch }: PublicRecord) {
  return { node_id, first_public_key, key_epoch, broken: true } as const;
}

/**
 * Puts `key` in place, first the key and then its record. At every moment the key is there or the record says that it
 * should be: cut between the two, the machine names the fault and the same step can be done again. What was there
 * before stays, under a name beside it.
 */
async function replaceKey(options: IdentityOptions, key: KeyMaterial, record: PublicRecord): Promise<void> {
  try {
    await setAside(keyPath(options));
    await writeDurably(keyPath(options), formatKeyFile(key.seed, key.keyEpoch));
    await setAside(recordPath(options));
    await writeDurably(recordPath(options), formatRecord(record));
  } catch (cause) {
    throw new CodedError('store_write_failed', 'The machine’s identity could not be written to disk.', {
      cause,
    });
  }
}
