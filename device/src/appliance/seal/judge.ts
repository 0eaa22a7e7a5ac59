/**
 * Whether a machine is sealed. Pure and separate: this is where a seal that a power cut interrupted is told from one
 * that is damaged, the one mistake that would give a machine a second name.
 */
import { type Presence, SEALED_FILES, type SealedFile } from './types.ts';

export type Verdict =
  /** Nothing anybody has ever seen is there: seal, over whatever an interrupted try has left. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'sealed' }
  | { readonly kind: 'damaged'; readonly missing: readonly SealedFile[] };

/**
 * The identity is written last and durably, so without it there was no seal: names and passwords of an interrupted try
 * were shown to nobody. With it, everything else was there once.
 */
export function judgeSeal(presence: Presence): Verdict {
  if (!presence['identity.cred']) return { kind: 'blank' };
  const missing = SEALED_FILES.filter((file) => !presence[file]);
  return missing.length === 0 ? { kind: 'sealed' } : { kind: 'damaged', missing };
}
