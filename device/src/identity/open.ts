/**
 * Opens the machine's identity: made once at the first start, found again ever after. Separate from recovery, because
 * this runs at every start and must never change who the machine is.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { nodeIdOf, shortNameOf, signingKeyIdOf } from '@b3iq/wire';
import { privateKeyOfSeed } from '@b3iq/wire/sign-node';
import { CodedError } from '../errors.ts';
import { makePrivateFolder, writeDurably } from '../os/files.ts';
import type { Log } from '../os/log.ts';
import { createDurably, readIdentityFile, setAside } from './files.ts';
import { judgeIdentity, type Verdict } from './judge.ts';
import { formatKeyFile, formatRecord, parseKeyFile, parseRecord } from './parse.ts';
import type { Identity } from './port.ts';
import type { Found, IdentityState, KeyMaterial, PublicRecord } from './types.ts';

export interface IdentityOptions {
  /** Holds `identity.json` (0600) and `identity.public.json`; made when it is not there. */
  readonly stateFolder: string;
  /** `$CREDENTIALS_DIRECTORY/identity`, when there is such a folder. A file there comes before the one in the state. */
  readonly credentialPath?: string;
  readonly log: Log;
}

export const keyPath = (options: IdentityOptions): string => join(options.stateFolder, 'identity.json');
export const recordPath = (options: IdentityOptions): string =>
  join(options.stateFolder, 'identity.public.json');

/** Both files as they are now, and where the key lies. */
export interface Opened {
  readonly key: Found<KeyMaterial>;
  readonly record: Found<PublicRecord>;
  readonly custody: Identity['custody'];
  readonly verdict: Verdict;
}

/** Reads and judges, changes nothing. */
export async function readIdentity(options: IdentityOptions): Promise<Opened> {
  const { credentialPath } = options;
  const sealed: Found<KeyMaterial> =
    credentialPath === undefined
      ? { kind: 'absent' }
      : await readIdentityFile(credentialPath, parseKeyFile, 'as-given');
  const custody = sealed.kind === 'absent' ? 'file' : 'credential';
  const key =
    custody === 'credential' ? sealed : await readIdentityFile(keyPath(options), parseKeyFile, 'private');
  const record = await readIdentityFile(recordPath(options), parseRecord, 'as-given');
  return { key, record, custody, verdict: judgeIdentity(key, record) };
}

/**
 * The machine's identity, or the named state that keeps it from being used. Makes one only when nothing says that
 * there ever was one. Power may fail anywhere: a key without its record is taken as it is and the record written
 * again; a record without its key is `lost`.
 * @throws store_write_failed when a first key or a record cannot be written
 */
export async function openIdentity(options: IdentityOptions): Promise<IdentityState> {
  try {
    await makePrivateFolder(options.stateFolder);
    let opened = await readIdentity(options);
    if (opened.verdict.kind === 'create') {
      // False when another process was faster: then its key is the machine's.
      const isMade = await createDurably(keyPath(options), formatKeyFile(randomBytes(32), 0));
      opened = await readIdentity(options);
      if (isMade && opened.verdict.kind === 'ready')
        options.log.info('identity.created', { node_id: opened.verdict.record.node_id });
    }
    return await settle(options, opened);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('store_write_failed', 'The machine’s identity could not be written to disk.', {
      cause,
    });
  }
}

/** Makes the public record say what it must, and hands out the state. */
async function settle(options: IdentityOptions, { verdict, custody }: Opened): Promise<IdentityState> {
  if (verdict.kind === 'create')
    throw new CodedError('store_write_failed', 'A key was written and is not there.');
  if (verdict.kind !== 'ready') {
    options.log.error(`identity.${verdict.kind}`, { node_id: verdict.nodeId, reason: verdict.reason });
    return verdict;
  }
  const ready = {
    kind: 'ready',
    identity: identityOf(verdict.key, custody),
    predecessors: verdict.record.predecessors,
  } as const;
  if (verdict.repaired === 'nothing') return ready;
  if (verdict.repaired === 'missing') {
    // The first start, or one cut short: nobody's concern. False when another process has just written the same.
    await createDurably(recordPath(options), formatRecord(verdict.record));
    return ready;
  }
  await setAside(recordPath(options));
  await writeDurably(recordPath(options), formatRecord(verdict.record));
  options.log.warn('identity.record_repaired', { node_id: verdict.record.node_id });
  return { ...ready, notice: REPAIRED };
}

const REPAIRED =
  'The public record of this machine’s identity was damaged and has been written again from its key. Identities ' +
  'before this one, if there were any, are no longer listed.';

/** The identity as the rest of the agent sees it. */
export function identityOf(key: KeyMaterial, custody: Identity['custody']): Identity {
  const nodeId = nodeIdOf(key.publicKey);
  return {
    nodeId,
    shortName: shortNameOf(nodeId),
    publicKey: key.publicKey,
    keyId: signingKeyIdOf(key.publicKey),
    privateKey: privateKeyOfSeed(key.seed),
    keyEpoch: key.keyEpoch,
    custody,
  };
}
