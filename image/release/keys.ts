/**
 * The key that signs releases, as a PEM file, and the list of public keys a machine trusts.
 * Separate from signing so that a new key can be made on a machine that never sees a release.
 * `node image/release/keys.ts FOLDER` writes `update.key` (0600) and `update-keys.json` into FOLDER.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex, UPDATE_MANIFEST_TYPE } from '@b3iq/wire';
import { rawPublicKey } from '@b3iq/wire/sign-node';

/** A release key. @param path  PEM, PKCS #8, Ed25519      @throws Error naming what it is instead */
export function readReleaseKey(path: string): KeyObject {
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${path} holds a key of type ${key.asymmetricKeyType}, expected ed25519.`);
  return key;
}

/** The list that goes into an image as `/usr/lib/b3iq/update-keys.json`: these keys, any one of them, for releases only. */
export function keysFile(keys: readonly { readonly name: string; readonly key: KeyObject }[]): string {
  const list = keys.map(({ name, key }) => ({
    name,
    public_key: bytesToHex(rawPublicKey(key.type === 'private' ? createPublicKey(key) : key)),
    payload_types: [UPDATE_MANIFEST_TYPE],
  }));
  return `${JSON.stringify({ version: 1, threshold: 1, keys: list }, null, 2)}\n`;
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('Expected the folder for the new key.');
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'update.key'), pem, { mode: 0o600, flag: 'wx' }); // never over another key
  writeFileSync(
    join(folder, 'update-keys.json'),
    keysFile([{ name: process.argv[3] ?? 'release', key: privateKey }]),
  );
}
