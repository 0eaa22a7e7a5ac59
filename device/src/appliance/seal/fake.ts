/** A sealer without a TPM, for tests: readable, and marked as what it is. */
import { CodedError } from '../../errors.ts';
import type { Sealer } from './port.ts';
import type { Readiness, SecretName } from './types.ts';

export class FakeSealer implements Sealer {
  ready: Readiness = 'ready';
  /** What `open` makes of a secret; a broken TPM gives something else back. */
  damage: (secret: string) => string = (secret) => secret;
  readonly sealed: SecretName[] = [];

  async readiness(): Promise<Readiness> {
    return this.ready;
  }
  async seal(name: SecretName, secret: string): Promise<string> {
    this.sealed.push(name);
    return `FAKE-SEAL ${name} ${Buffer.from(secret).toString('base64')}\n`;
  }
  async open(name: SecretName, credential: string): Promise<string> {
    const [mark, sealedFor, base64] = credential.trim().split(' ');
    if (mark !== 'FAKE-SEAL' || sealedFor !== name || base64 === undefined)
      throw new CodedError('appliance_step_failed');
    return this.damage(Buffer.from(base64, 'base64').toString());
  }
}
