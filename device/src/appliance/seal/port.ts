/** What sealing needs of the TPM. Separate so that it can be tried without one. */
import type { Readiness, SecretName } from './types.ts';

export interface Sealer {
  readiness(): Promise<Readiness>;
  /** The secret as a credential that only this machine, started from an image of ours, can open. @throws appliance_step_failed */
  seal(name: SecretName, secret: string): Promise<string>;
  /** What is in a credential. @throws appliance_step_failed */
  open(name: SecretName, credential: string): Promise<string>;
}
