/** When the machine's own certificate must be made again. Pure: reading and making one are other files' work. */

/** What matters of a certificate; times in Unix ms. */
export interface CertificateFacts {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DNS names, lower-case. */
  readonly names: readonly string[];
}

const DAY_MS = 24 * 60 * 60_000;
/**
 * 800 days: Apple's devices take none that lives longer than 825, trusted by hand or not.
 * @see https://support.apple.com/102028
 */
export const LIFE_MS = 800 * DAY_MS;
/** A clock that is a little behind on the other side shall not refuse it. */
export const BACKDATE_MS = DAY_MS;
const RENEW_BEFORE_MS = 60 * DAY_MS;

/**
 * Whether `own` must be made again: it runs out, is not valid yet (it was made while the clock was wrong), or the machine
 * has a name that is not in it. The key stays.
 */
export function needsRenewal(own: CertificateFacts, names: readonly string[], nowMs: number): boolean {
  const rest = own.notAfterMs - nowMs;
  return nowMs < own.notBeforeMs || rest < RENEW_BEFORE_MS || names.some((name) => !own.names.includes(name));
}
