/**
 * What only a machine that is wholly ours can do, as the control routes see it.
 * Separate so that the routes know no systemd, and a Host simply has none of it.
 */
import type {
  ApplianceAnswer,
  CertificateAnswer,
  CertificateRequest,
  PowerRequest,
  UpdateAnswer,
  UpdateSettingsRequest,
} from '@b3iq/wire/local-api';

/** The box itself: what it is, and the ways to stop it or to make it nobody's. */
export interface Box {
  facts(): Promise<ApplianceAnswer>;
  /** Returns once the machine has begun to go down. @throws appliance_step_failed */
  power(action: PowerRequest['action']): Promise<void>;
  /** Destroys the key of the owner's data and restarts; nothing of the owner is left. @throws appliance_step_failed */
  factoryReset(): Promise<void>;
  /** A fresh recovery key for the disk; an older one is dead. @throws appliance_step_failed */
  diskRecoveryKey(): Promise<string>;
}

/** Versions of the whole system. Each call may answer before the work it began is done; `state` follows it. */
export interface Updates {
  answer(): Promise<UpdateAnswer>;
  /** Looks for a newer version. */
  check(): Promise<void>;
  /** Fetches, verifies and writes what was found into the other slot. */
  install(): Promise<void>;
  /** Starts what was written. */
  restart(): Promise<void>;
  change(settings: UpdateSettingsRequest): Promise<void>;
}

/** The certificate that port 443 shows. */
export interface Certificates {
  answer(): CertificateAnswer;
  /** Takes an owner's own at once, without a restart. @throws certificate_refused, store_write_failed */
  install(request: CertificateRequest): Promise<void>;
  /** Goes back to the machine's own. @throws store_write_failed */
  remove(): Promise<void>;
}

export interface Appliance {
  readonly box: Box;
  readonly updates: Updates;
  readonly certificates: Certificates;
  /** Has the image's own model answer beside the one that serves. @throws engine_failed */
  selfTest(): Promise<void>;
}
