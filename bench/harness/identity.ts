/** A machine's key and its local keys, made for one measurement. Separate because parent and server both need them. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '@b3iq/device/src/keys/key-ring.ts';
import { type KeysSlice, keysSlice } from '@b3iq/device/src/keys/types.ts';
import { systemClock } from '@b3iq/device/src/os/clock.ts';
import { memoryStore } from '@b3iq/device/src/store/fake.ts';
import { nodeIdOf } from '@b3iq/wire';
import type { NewKeyRequest } from '@b3iq/wire/local-api';
import { rawPublicKey } from '@b3iq/wire/sign-node';

export interface Identity {
  readonly nodeId: string;
  readonly keyEpoch: number;
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

/** @param privateKey  PKCS #8, base64 */
export function identityOf(privateKey: string): Identity {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(key);
  return { nodeId: nodeIdOf(publicKey), keyEpoch: 0, privateKey: key, publicKey };
}

export interface BenchMachine {
  /** PKCS #8, base64. */
  readonly privateKey: string;
  readonly keys: KeysSlice;
  /** Key ids and their secrets, in the order asked for. */
  readonly secrets: readonly { readonly id: string; readonly secret: string }[];
  /** An empty folder for its ledger. */
  readonly folder: string;
  /** Removes the folder. */
  remove(): void;
}

/** One key with everything on, and no limit that a measurement would meet. */
export const OPEN_KEY: NewKeyRequest = {
  name: 'bench',
  requests_per_minute: 1_000_000,
  tokens_per_day: 10_000_000_000,
  concurrency: 1_000,
};

/** A machine with `count` keys. */
export async function benchMachine(request = OPEN_KEY, count = 1): Promise<BenchMachine> {
  const store = memoryStore<KeysSlice>([], keysSlice);
  const ring = new KeyRing({ store, clock: systemClock });
  const secrets: { id: string; secret: string }[] = [];
  for (let i = 0; i < count; i += 1) {
    const { key, secret } = await ring.create(request);
    secrets.push({ id: key.id, secret });
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const folder = mkdtempSync(join(tmpdir(), 'b3iq-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    keys: store.read(),
    secrets,
    folder,
    remove,
  };
}
