/**
 * The models this version knows of: signed manifests that ship with it, verified at each start. Separate because trust is
 * data: who may sign is in `keys.json`, here a development key, in a release the release's own.
 */
import { type ModelManifest, modelManifest, readDocument, type Verifier } from '@b3iq/wire';
import { verifierOf } from '../../update/disk/keys.ts';
import keys from './keys.json' with { type: 'json' };
import signed from './signed.json' with { type: 'json' };

/** In the order of the list. What is not rightly signed is not in it. */
export function readCatalogue(
  envelopes: readonly unknown[] = signed.manifests,
  verifier: Verifier = verifierOf({ ...keys, version: 1 }),
): readonly ModelManifest[] {
  return envelopes.flatMap((envelope) => {
    const read = readDocument(modelManifest, verifier, envelope);
    return read.ok ? [read.document] : [];
  });
}
