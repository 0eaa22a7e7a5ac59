/**
 * What only a machine that is wholly ours can do: updates, reset, power, disk key, certificate.
 * Separate because a Host answers 501 `appliance_only` to all of it.
 */
import { z } from 'zod';

/** `GET /api/update` (owner). Versions are whole numbers that only grow. */
export interface UpdateAnswer {
  readonly current: { readonly version: string; readonly released_at: string | null };
  /** The other slot, when it holds a version that can be started. */
  readonly previous: { readonly version: string } | null;
  /** A newer version that was found; `from` says where. */
  readonly available: {
    readonly version: string;
    readonly from: 'url' | 'usb';
    readonly size_bytes: number;
    readonly released_at: string;
    /** Plain text; what changed, for the owner. Hostile until verified; it is verified. */
    readonly notes: string;
  } | null;
  readonly state: UpdateState;
  /** How the last update ended; kept until the next. */
  readonly last: {
    readonly version: string;
    readonly at: string;
    readonly outcome: 'installed' | 'rolled-back' | 'refused';
    /** One plain sentence. */
    readonly reason: string | null;
  } | null;
  /** When the machine last looked for a newer version, and why it found none; `null` before the first look. */
  readonly checked?: { readonly at: string; readonly reason: string | null } | null;
  /** Automatic installation in the owner's quiet hours; the owner may turn it off or wait. */
  readonly automatic: boolean;
  readonly postponed_until: string | null;
  /** Until when this version gets security updates, such as `2031-11-30`. */
  readonly support_until: string;
  readonly source_url: string | null;
}
export type UpdateState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'checking' }
  | {
      readonly kind: 'installing';
      readonly version: string;
      readonly phase: 'downloading' | 'verifying' | 'writing';
      readonly done_bytes: number;
      readonly total_bytes: number;
      /** Seconds left at the present rate; `null` while unknown. */
      readonly left_s: number | null;
    }
  /** Written and verified; starts with the next restart. */
  | { readonly kind: 'ready'; readonly version: string }
  /** The new version runs and has not yet proven itself. */
  | { readonly kind: 'trial'; readonly version: string; readonly tries_left: number };
/** `POST /api/update/check` → 202 `UpdateAnswer`; `POST /api/update/install` → 202; `POST /api/update/restart` → 202. */
/** `POST /api/update/settings` → 200 `UpdateAnswer`. */
export const updateSettingsRequest = z.strictObject({
  automatic: z.boolean().optional(),
  postpone_days: z.int().min(0).max(30).optional(),
});
export type UpdateSettingsRequest = z.infer<typeof updateSettingsRequest>;

/** `POST /api/factory-reset` (owner, with the password) → 202; the machine restarts empty. */
export const factoryResetRequest = z.strictObject({ password: z.string().min(1).max(256) });
export type FactoryResetRequest = z.infer<typeof factoryResetRequest>;
/** `POST /api/power` (owner) → 202. */
export const powerRequest = z.strictObject({ action: z.enum(['restart', 'power-off']) });
export type PowerRequest = z.infer<typeof powerRequest>;

/** `POST /api/disk-recovery-key` (owner, with the password) → 201: opens the disk when the TPM cannot. Shown once. */
export const diskRecoveryKeyRequest = z.strictObject({ password: z.string().min(1).max(256) });
export interface DiskRecoveryKeyAnswer {
  readonly recovery_key: string;
}

/** `GET /api/certificate` (owner), and the answer to `PUT` and `DELETE`. */
export interface CertificateAnswer {
  readonly kind: 'own' | 'installed';
  /** SHA-256 of the certificate, upper-case hex pairs with colons, as browsers show it. */
  readonly fingerprint_sha256: string;
  readonly not_after: string;
  readonly names: readonly string[];
}
/** `PUT /api/certificate` (owner) → 200 `CertificateAnswer`. `DELETE` goes back to the machine's own. */
export const certificateRequest = z.strictObject({
  certificate_pem: z.string().min(1).max(65_536),
  private_key_pem: z.string().min(1).max(16_384),
});
export type CertificateRequest = z.infer<typeof certificateRequest>;

/** `GET /api/appliance` (owner): the facts of this box the dashboard shows. */
export interface ApplianceAnswer {
  readonly sealed_by: 'factory' | 'self' | null;
  readonly secure_boot: boolean;
  readonly disk_encrypted: boolean;
  /** Whether a recovery key for the disk was ever handed out. */
  readonly recovery_key_given: boolean;
  readonly local_url: string;
  readonly addresses: readonly string[];
}
