/**
 * The keys of a releaser: one signs releases, two sign what the firmware and the TPM check, and the list of public keys
 * a machine trusts. Separate from signing so that they can be made on a computer that never sees a release.
 * `node image/release/keys.ts FOLDER [NAME]` writes into FOLDER what `B3IQ_KEYS` names: `update.key`, `update-keys.json`,
 * `secure-boot.{key,crt}`, `pcr.{key,crt}`. Keys have mode 0600; nothing is ever written over.
 */
import { execFileSync } from 'node:child_process';
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

/** RSA of 2,048 bits is what every UEFI firmware takes (UEFI 2.10 §32.4.1). Twenty years: firmware does not look. */
function makeCertificate(folder: string, name: string, purpose: 'secure-boot' | 'pcr'): void {
  const key = join(folder, `${purpose}.key`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  const subject = `/CN=${name.replaceAll(/[/\\]/g, ' ')} ${purpose} key`;
  const request = ['req', '-new', '-x509', '-sha256', '-days', '7300', '-key', key, '-subj', subject];
  writeFileSync(join(folder, `${purpose}.crt`), execFileSync('openssl', request), { flag: 'wx' });
}

if (import.meta.main) {
  const [folder, name = 'release'] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Expected the folder for the new keys.');
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'update.key'), pem, { mode: 0o600, flag: 'wx' });
  writeFileSync(join(folder, 'update-keys.json'), keysFile([{ name, key: privateKey }]), { flag: 'wx' });
  makeCertificate(folder, name, 'secure-boot');
  makeCertificate(folder, name, 'pcr');
}
