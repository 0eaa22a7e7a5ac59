/** What lies in the factory partition and what sealing makes. Pure data. */

/** The four files of a sealed machine, in the order they are written: the identity comes last and makes it sealed. */
export const SEALED_FILES = ['hotspot.cred', 'label.cred', 'label.json', 'identity.cred'] as const;
export type SealedFile = (typeof SEALED_FILES)[number];

/** Credential names, as units ask for them (`LoadCredentialEncrypted=`). */
export type SecretName = 'identity' | 'hotspot' | 'label';

/** Which files are there. */
export type Presence = Readonly<Record<SealedFile, boolean>>;

/** What only the console may read: the secrets printed on a label. */
export interface LabelSecrets {
  /** 8 Crockford characters. */
  readonly claim_secret: string;
  /** 12 characters of Crockford's alphabet in lower case, which phones type without shift. */
  readonly hotspot_password: string;
}

/** How sealing ended. */
export type Outcome =
  | { readonly kind: 'sealed'; readonly shortName: string; readonly nodeId: string }
  | { readonly kind: 'sealed-before' }
  /** Never left by itself: a machine that has had a name does not get another one. */
  | { readonly kind: 'damaged'; readonly missing: readonly SealedFile[] }
  | { readonly kind: 'impossible'; readonly reason: Readiness & ('no-tpm' | 'no-policy') }
  /** The TPM sealed the key and did not give it back. */
  | { readonly kind: 'not-reversible' };

/** Whether this machine can seal: it needs a TPM 2.0, and an image that says whose signature opens what it seals. */
export type Readiness = 'ready' | 'no-tpm' | 'no-policy';
