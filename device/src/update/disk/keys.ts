/**
 * The keys that may sign a release, out of the image. Separate because trust is data: the list is replaced with the
 * image it lies in, so that a key is rotated by a version that its predecessor signed.
 */
import { readFile } from 'node:fs/promises';
import {
  hexToBytes,
  MAX_SIGNATURES,
  readDocument,
  type UpdateManifest,
  updateManifest,
  Verifier,
} from '@b3iq/wire';
import { nodeVerifyKey } from '@b3iq/wire/sign-node';
import { z } from 'zod';
import { CodedError } from '../../errors.ts';

/** `/usr/lib/b3iq/update-keys.json` */
export const updateKeysFile = z.strictObject({
  version: z.literal(1),
  /** How many different keys must have signed. */
  threshold: z.int().min(1).max(MAX_SIGNATURES),
  keys: z
    .array(
      z.strictObject({
        /** For people: whose key it is. */
        name: z.string().min(1).max(64),
        /** 32 bytes, lower-case hex. */
        public_key: z.string().regex(/^[0-9a-f]{64}$/),
        /** A key counts for the documents it is listed with and for no others. */
        payload_types: z.array(z.string().min(1).max(200)).min(1).max(8),
      }),
    )
    .min(1)
    .max(16),
});
export type UpdateKeysFile = z.infer<typeof updateKeysFile>;

/** Trust in the keys of a list. @throws config_invalid when a key is no key */
export function verifierOf(file: UpdateKeysFile): Verifier {
  return new Verifier(
    file.keys.map(({ name, public_key, payload_types }) => {
      const key = nodeVerifyKey(hexToBytes(public_key) ?? new Uint8Array());
      if (key === undefined)
        throw new CodedError('config_invalid', `The update key ${name} is no usable key.`);
      return { key, payloadTypes: payload_types };
    }),
    file.threshold,
  );
}

/** Trust as the image says it. @throws config_invalid */
export async function readVerifier(path: string): Promise<Verifier> {
  try {
    return verifierOf(updateKeysFile.parse(JSON.parse(await readFile(path, 'utf8'))));
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('config_invalid', 'The list of update keys cannot be read.', { cause });
  }
}

/** The manifest in an envelope's text, or undefined when it is not one that a known key signed. */
export function readManifest(text: string | undefined, verifier: Verifier): UpdateManifest | undefined {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text ?? '');
  } catch {
    return undefined; // not JSON
  }
  const read = readDocument(updateManifest, verifier, envelope);
  return read.ok ? read.document : undefined;
}

/** Larger than any envelope with its base64 and signatures. */
export const MAX_ENVELOPE_BYTES = 2 * 2 ** 20;
